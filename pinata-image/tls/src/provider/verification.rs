//! Signature verification: ECDSA on P-256 with SHA-256, and nothing else. Everything in our authority is signed with it, so
//! nothing else can decide a release.

use super::curves::{Chosen, Curves};
use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

pub(crate) const ALGORITHMS: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[&P256Sha256],
    mapping: &[(SignatureScheme::ECDSA_NISTP256_SHA256, &[&P256Sha256])],
};

/// What a peer is asked to sign with: all that clients commonly have, so that they send it and are seen. Only the first
/// can verify.
pub(crate) const OFFERED: [SignatureScheme; 6] = [
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ED25519,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA512,
];

#[derive(Debug)]
struct P256Sha256;

impl SignatureVerificationAlgorithm for P256Sha256 {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        // Our authority writes points uncompressed, and they have another length otherwise.
        let key = key.try_into().map_err(|_| InvalidSignature)?;
        if Chosen::verify(key, message, signature) { Ok(()) } else { Err(InvalidSignature) }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}
