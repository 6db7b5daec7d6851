//! The authority of one boot: born in the guest, or given by the host for targets whose credentials are published.

use crate::SERVER_NAME;
use crate::pki::{Profile, Request, UnixSeconds, certificate, subject_public_key_info};
use crate::provider::curves::{Key, PrivateKey};
use crate::slot::Slot;
use crate::verifier::{Usage, check_chain};
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;
use pinata_channel::GivenAuthority;
use pinata_entropy::Generator;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{EndEntityCert, anchor_from_trusted_cert};

const DAY_SECONDS: u64 = 86_400;
const VALID_BEFORE_SECONDS: u64 = DAY_SECONDS;
const VALID_AFTER_SECONDS: u64 = 397 * DAY_SECONDS;

/// What is wrong with a given authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorityError {
    /// The CA certificate cannot be an authority.
    Ca,
    /// A leaf does not verify under the CA now, with the usage that it needs.
    Leaf,
    /// A private key is not the leaf's.
    Key,
}

/// The three certificates, DER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificates {
    pub ca: Vec<u8>,
    pub server: Vec<u8>,
    pub client: Vec<u8>,
}

/// Certificates and the leaves' keys. There is no field for the CA's key.
pub struct Authority {
    pub(crate) certificates: Certificates,
    pub(crate) server_key: Key,
    pub(crate) client_key: Key,
    pub(crate) now: UnixSeconds,
}

impl Authority {
    /// Makes a new authority for `target`. The CA's key is dropped (and erased) as soon as the two leaves are signed.
    pub fn born(target: &str, now: UnixSeconds, generator: &'static Generator) -> Authority {
        let key = || Key::born(generator);
        let (ca_key, server_key, client_key) = (key(), key(), key());
        let issuer = format!("pinata {target} authority");
        let sign = |profile, subject: &str, subject_key: &Key| {
            let mut serial = [0; 16];
            generator.fill(&mut serial).expect("keys were drawn from the same generator");
            let request = Request {
                subject,
                subject_key: &subject_key.public(),
                issuer: &issuer,
                issuer_key: &ca_key,
                not_before: now.saturating_sub(VALID_BEFORE_SECONDS),
                not_after: now + VALID_AFTER_SECONDS,
                serial,
            };
            certificate(profile, &request, generator)
        };
        let certificates = Certificates {
            ca: sign(Profile::Authority, &issuer, &ca_key),
            server: sign(Profile::Server { name: SERVER_NAME }, SERVER_NAME, &server_key),
            client: sign(Profile::Client, &format!("pinata {target} client"), &client_key),
        };
        Authority { certificates, server_key, client_key, now }
    }

    /// Takes an authority from the host, after checking it as a peer would.
    pub fn given(given: &GivenAuthority, now: UnixSeconds) -> Result<Authority, AuthorityError> {
        let ca = CertificateDer::from(&given.ca[..]);
        let anchor = anchor_from_trusted_cert(&ca).map_err(|_| AuthorityError::Ca)?;
        let time = UnixTime::since_unix_epoch(Duration::from_secs(now));
        let server_name = ServerName::try_from(SERVER_NAME).map_err(|_| AuthorityError::Leaf)?;
        let leaf = |der: &[u8], usage, name, scalar: &[u8; 32]| {
            let der = CertificateDer::from(der);
            check_chain(&anchor, &der, &[], usage, name, time).map_err(|_| AuthorityError::Leaf)?;
            let key = Key::from_scalar(scalar).ok_or(AuthorityError::Key)?;
            let certificate = EndEntityCert::try_from(&der).map_err(|_| AuthorityError::Leaf)?;
            if *certificate.subject_public_key_info() != *subject_public_key_info(&key.public()) {
                return Err(AuthorityError::Key);
            }
            Ok(key)
        };
        let server_key = leaf(&given.server, Usage::Server, Some(&server_name), &given.server_key)?;
        let client_key = leaf(&given.client, Usage::Client, None, &given.client_key)?;
        let certificates =
            Certificates { ca: given.ca.clone(), server: given.server.clone(), client: given.client.clone() };
        Ok(Authority { certificates, server_key, client_key, now })
    }

    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    pub(crate) fn slot(&self) -> Slot {
        Slot::new(self.now)
    }
}
