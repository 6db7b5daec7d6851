//! ECDSA on P-256 with SHA-256: RFC 6979 nonces with added entropy.

use crate::slot::Slot;
use alloc::{boxed::Box, vec::Vec};
use core::fmt;
use p256::ecdsa::signature::RandomizedSigner;
use p256::ecdsa::{DerSignature, SigningKey};
use pinata_entropy::{Generator, Source};
use rustls::sign::{Signer, SigningKey as TlsSigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

/// A leaf's private key as rustls uses it; each signature is counted.
#[derive(Clone)]
pub(crate) struct LeafKey {
    pub key: SigningKey,
    pub generator: &'static Generator,
    pub slot: &'static Slot,
}

impl fmt::Debug for LeafKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LeafKey")
    }
}

impl TlsSigningKey for LeafKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        if !offered.contains(&SignatureScheme::ECDSA_NISTP256_SHA256) {
            return None;
        }
        Some(Box::new(self.clone()))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for LeafKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.slot.count_signature();
        let signature: DerSignature = self
            .key
            .try_sign_with_rng(&mut Source(self.generator), message)
            .map_err(|_| Error::General("signing failed".into()))?;
        Ok(signature.as_bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP256_SHA256
    }
}
