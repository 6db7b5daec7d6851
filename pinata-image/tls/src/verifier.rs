//! The peer's certificate and its proof of possession, in both roles. Their verdicts are what the gate hears.

use crate::provider::verification::{ALGORITHMS, OFFERED};
use crate::slot::Slot;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use pinata_channel::Detail;
use pinata_gate::Event;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, PeerIncompatible, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use sha2::{Digest, Sha256};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage};

/// Reported certificates, all of one chain together.
const REPORTED_CHAIN_BYTES_MAX: usize = 16_384;
/// Reasons are the library's own words, but may quote the peer.
const REASON_BYTES_MAX: usize = 96;

/// Which extended key usage a leaf must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    Server,
    Client,
}

impl Usage {
    const fn oid(self) -> &'static [u8] {
        match self {
            Usage::Server => &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01],
            Usage::Client => &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02],
        }
    }
}

/// webpki's own policies either accept a leaf without the extension, or demand it of issuers too, which makes the reason for
/// an ordinary foreign chain a wrong one. This policy demands it of the leaf, which a path always begins with, and of
/// issuers if they have it.
struct LeafMust {
    usage: Usage,
    leaf_seen: Cell<bool>,
}

impl ExtendedKeyUsageValidator for LeafMust {
    fn validate(&self, present: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        let oid = self.usage.oid();
        match self.leaf_seen.replace(true) {
            false => KeyUsage::required(oid).validate(present),
            true => KeyUsage::required_if_present(oid).validate(present),
        }
    }
}

/// Verifies a chain under one anchor, with the usage required and, for servers, the name.
pub(crate) fn check_chain(
    anchor: &TrustAnchor<'_>,
    leaf: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    usage: Usage,
    name: Option<&ServerName<'_>>,
    now: UnixTime,
) -> Result<(), webpki::Error> {
    let certificate = EndEntityCert::try_from(leaf)?;
    let anchors = core::slice::from_ref(anchor);
    let must = LeafMust { usage, leaf_seen: Cell::new(false) };
    certificate.verify_for_usage(ALGORITHMS.all, anchors, intermediates, now, must, None, None)?;
    match name {
        Some(name) => certificate.verify_is_valid_for_subject_name(name),
        None => Ok(()),
    }
}

/// Whether two different issuers have one name. webpki goes by names: it would try them in every order, which costs a hundred
/// signatures for eight certificates. Nobody but our authority issues here, so nobody honest has such a chain.
fn is_ambiguous(intermediates: &[CertificateDer<'_>]) -> bool {
    let are_namesakes = |one, other| match (EndEntityCert::try_from(one), EndEntityCert::try_from(other)) {
        (Ok(one), Ok(other)) => one.subject() == other.subject(),
        _ => false,
    };
    intermediates
        .iter()
        .enumerate()
        .any(|(at, one)| intermediates[..at].iter().any(|other| one != other && are_namesakes(one, other)))
}

/// Verifies peers under our own authority.
#[derive(Debug)]
pub(crate) struct PeerVerifier {
    pub anchor: TrustAnchor<'static>,
    pub usage: Usage,
    pub chain_max: usize,
    pub slot: &'static Slot,
}

impl PeerVerifier {
    fn chain(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: Option<&ServerName<'_>>,
        now: UnixTime,
    ) -> Result<(), Error> {
        self.slot.note(presented(leaf, intermediates));
        let refuse = |reason: String, error: CertificateError| {
            self.slot.note(Detail::ChainRejected { reason });
            self.slot.gate(Event::Error);
            Err(error.into())
        };
        if 1 + intermediates.len() > self.chain_max {
            self.slot.note(Detail::Limit { which: "chain" });
            return refuse("ChainTooLong".into(), CertificateError::Other(OtherError()));
        }
        if is_ambiguous(intermediates) {
            return refuse("AmbiguousIssuer".into(), CertificateError::UnknownIssuer);
        }
        match check_chain(&self.anchor, leaf, intermediates, self.usage, name, now) {
            Ok(()) => {
                self.slot.note(Detail::ChainOk);
                self.slot.gate(Event::ChainOk);
                Ok(())
            }
            Err(error) => refuse(variant(&error), certificate_error(&error)),
        }
    }

    fn possession(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let scheme = u16::from(signed.scheme);
        match rustls::crypto::verify_tls13_signature(message, leaf, signed, &ALGORITHMS) {
            Ok(valid) => {
                self.slot.note(Detail::PossessionOk { scheme });
                self.slot.gate(Event::PossessionOk);
                Ok(valid)
            }
            Err(error) => {
                self.slot.note(Detail::PossessionRejected { scheme, reason: short(&error) });
                self.slot.gate(Event::Error);
                Err(error)
            }
        }
    }
}

impl ClientCertVerifier for PeerVerifier {
    /// Names no authorities, so that clients send whatever certificate they have.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.chain(leaf, intermediates, None, now).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(never_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.possession(message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        OFFERED.to_vec()
    }
}

impl ServerCertVerifier for PeerVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.chain(leaf, intermediates, Some(name), now).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(never_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.possession(message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        OFFERED.to_vec()
    }
}

/// rustls is built without TLS 1.2 and does not ask; if it did, this error would be the session's.
fn never_tls12() -> Error {
    PeerIncompatible::Tls12NotOfferedOrEnabled.into()
}

/// The event for a chain: the certificates that fit, and a hash over all.
fn presented(leaf: &CertificateDer<'_>, intermediates: &[CertificateDer<'_>]) -> Detail {
    let mut sha256 = Sha256::new();
    let mut chain = Vec::new();
    let mut room = Some(REPORTED_CHAIN_BYTES_MAX);
    for der in core::iter::once(leaf).chain(intermediates) {
        sha256.update(der);
        // What does not fit ends the list, so that it is always the chain's beginning.
        room = room.and_then(|room| room.checked_sub(der.len()));
        if room.is_some() {
            chain.push(der.to_vec());
        }
    }
    Detail::Certificate { chain, sha256: sha256.finalize().into(), count: 1 + intermediates.len() }
}

/// A reason's name in the library's own words, without the values that it quotes.
fn variant(error: &webpki::Error) -> String {
    let text = format!("{error:?}");
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(text.len());
    text[..end].into()
}

/// An error in the library's own words, cut to a bounded length.
pub(crate) fn short(error: &impl core::fmt::Debug) -> String {
    let mut text = format!("{error:?}");
    text.truncate(text.floor_char_boundary(REASON_BYTES_MAX));
    text
}

/// webpki's reasons in rustls' terms, as rustls itself translates them: each has its alert.
fn certificate_error(error: &webpki::Error) -> CertificateError {
    use webpki::Error as E;
    match error {
        E::BadDer | E::BadDerTime | E::TrailingData(_) => CertificateError::BadEncoding,
        E::CertNotValidYet { .. } => CertificateError::NotValidYet,
        E::CertExpired { .. } | E::InvalidCertValidity => CertificateError::Expired,
        E::UnknownIssuer => CertificateError::UnknownIssuer,
        E::CertNotValidForName(_) => CertificateError::NotValidForName,
        E::InvalidSignatureForPublicKey
        | E::UnsupportedSignatureAlgorithmContext(_)
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => CertificateError::BadSignature,
        E::RequiredEkuNotFoundContext(_) => CertificateError::InvalidPurpose,
        _ => CertificateError::Other(OtherError()),
    }
}
