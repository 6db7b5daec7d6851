//! Signatures by a leaf: ECDSA on P-256 with SHA-256.

use super::curves::{Key, PrivateKey};
use crate::slot::Slot;
use alloc::{boxed::Box, vec::Vec};
use core::fmt;
use pinata_entropy::Generator;
use rustls::sign::{Signer, SigningKey as TlsSigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

/// A leaf's private key as rustls uses it; each signature is counted.
#[derive(Clone)]
pub(crate) struct LeafKey {
    pub key: Key,
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
        self.key.sign(message, self.generator).ok_or_else(|| Error::General("signing failed".into()))
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP256_SHA256
    }
}
