//! rustls' cryptography: TLS 1.3 with SHA-256. Ciphers and hashes are RustCrypto's, the curves are [`curves::Chosen`].

mod aead;
pub(crate) mod curves;
mod hash;
pub(crate) mod signing;
pub(crate) mod verification;

use crate::slot::Slot;
use alloc::{boxed::Box, sync::Arc, vec};
use curves::CheckedGroup;
use pinata_entropy::Generator;
use rustls::crypto::tls13::HkdfUsingHmac;
use rustls::crypto::{CryptoProvider, GetRandomFailed, KeyProvider, SecureRandom};
use rustls::sign::SigningKey;
use rustls::{CipherSuite, CipherSuiteCommon, Error, SupportedCipherSuite, Tls13CipherSuite};
use rustls_pki_types::PrivateKeyDer;

/// Records under one AES-GCM key (RFC 8446, section 5.5, rounded down).
const AES_GCM_RECORDS_MAX: u64 = 1 << 24;

/// The provider of one boot. rustls wants these objects for ever, and a boot has one engine: they are never freed.
pub(crate) fn provider(
    slot: &'static Slot,
    generator: &'static Generator,
    groups: &[&'static CheckedGroup],
) -> CryptoProvider {
    CryptoProvider {
        cipher_suites: vec![
            suite(CipherSuite::TLS13_AES_128_GCM_SHA256, AES_GCM_RECORDS_MAX, aead::aes_128_gcm(slot)),
            suite(CipherSuite::TLS13_CHACHA20_POLY1305_SHA256, u64::MAX, aead::chacha20_poly1305(slot)),
        ],
        kx_groups: groups.iter().map(|group| *group as _).collect(),
        signature_verification_algorithms: verification::ALGORITHMS,
        secure_random: Box::leak(Box::new(Random(generator))),
        key_provider: &NoKeyFiles,
    }
}

fn suite(
    suite: CipherSuite,
    confidentiality_limit: u64,
    aead_alg: &'static dyn rustls::crypto::cipher::Tls13AeadAlgorithm,
) -> SupportedCipherSuite {
    SupportedCipherSuite::Tls13(Box::leak(Box::new(Tls13CipherSuite {
        common: CipherSuiteCommon { suite, hash_provider: &hash::Sha256, confidentiality_limit },
        hkdf_provider: &HkdfUsingHmac(&hash::HmacSha256),
        aead_alg,
        quic: None,
    })))
}

#[derive(Debug)]
struct Random(&'static Generator);

impl SecureRandom for Random {
    fn fill(&self, out: &mut [u8]) -> Result<(), GetRandomFailed> {
        self.0.fill(out).map_err(|_| GetRandomFailed)
    }
}

#[derive(Debug)]
struct NoKeyFiles;

impl KeyProvider for NoKeyFiles {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Error> {
        Err(Error::General("this provider loads no keys".into()))
    }
}
