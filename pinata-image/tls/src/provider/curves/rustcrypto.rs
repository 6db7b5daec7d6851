//! RustCrypto's P-256 and dalek's X25519: portable Rust.

mod exchange;

use super::{Curves, Point, PrivateKey};
use alloc::{boxed::Box, vec, vec::Vec};
use p256::ecdsa::signature::{RandomizedSigner, Verifier};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::elliptic_curve::Generate;
use pinata_entropy::{Generator, Source};
use rustls::crypto::SupportedKxGroup;

pub(crate) struct RustCrypto;

impl Curves for RustCrypto {
    type Key = Key;

    fn groups(generator: &'static Generator) -> Vec<&'static dyn SupportedKxGroup> {
        vec![Box::leak(Box::new(exchange::X25519(generator))), Box::leak(Box::new(exchange::P256(generator)))]
    }

    fn verify(key: &Point, message: &[u8], signature: &[u8]) -> bool {
        let Ok(key) = VerifyingKey::from_sec1_bytes(key) else { return false };
        let Ok(signature) = DerSignature::try_from(signature) else { return false };
        key.verify(message, &signature).is_ok()
    }
}

#[derive(Clone)]
pub(crate) struct Key(SigningKey);

impl PrivateKey for Key {
    fn born(generator: &'static Generator) -> Key {
        Key(SigningKey::generate_from_rng(&mut Source(generator)))
    }

    fn from_scalar(scalar: &[u8; 32]) -> Option<Key> {
        SigningKey::from_slice(scalar).ok().map(Key)
    }

    fn public(&self) -> Point {
        let point = self.0.verifying_key().to_sec1_point(false);
        point.as_bytes().try_into().expect("an uncompressed point on P-256 has 65 bytes")
    }

    fn sign(&self, message: &[u8], generator: &'static Generator) -> Option<Vec<u8>> {
        let signature: DerSignature = self.0.try_sign_with_rng(&mut Source(generator), message).ok()?;
        Some(signature.as_bytes().to_vec())
    }
}
