//! graviola: s2n-bignum's field and group arithmetic, ML-KEM-768.

mod exchange;
mod hybrid;
mod source;

use super::{Curves, Point, PrivateKey};
use alloc::{boxed::Box, sync::Arc, vec, vec::Vec};
use graviola::hashing::Sha256;
use graviola::key_agreement::p256::StaticPrivateKey;
use graviola::signing::ecdsa::{P256, SigningKey, VerifyingKey};
use pinata_entropy::Generator;
use rustls::crypto::SupportedKxGroup;
use source::draw_from;

/// Two integers of 33 bytes at most, each with two bytes before it, in a sequence with two bytes before it.
const SIGNATURE_BYTES_MAX: usize = 72;

pub(crate) struct Graviola;

impl Curves for Graviola {
    type Key = Key;

    fn groups(generator: &'static Generator) -> Vec<&'static dyn SupportedKxGroup> {
        let x25519 = exchange::X25519(generator);
        vec![
            Box::leak(Box::new(hybrid::X25519MlKem768(x25519))),
            Box::leak(Box::new(x25519)),
            Box::leak(Box::new(exchange::P256(generator))),
        ]
    }

    fn verify(key: &Point, message: &[u8], signature: &[u8]) -> bool {
        let verified = VerifyingKey::<P256>::from_x962_uncompressed(key)
            .and_then(|key| key.verify_asn1::<Sha256>(&[message], signature));
        verified.is_ok()
    }
}

#[derive(Clone)]
pub(crate) struct Key(Arc<SigningKey<P256>>);

impl Key {
    fn new(private_key: StaticPrivateKey) -> Key {
        Key(Arc::new(SigningKey { private_key }))
    }
}

impl PrivateKey for Key {
    fn born(generator: &'static Generator) -> Key {
        draw_from(generator);
        Key::new(StaticPrivateKey::new_random().expect("the generator has a seed"))
    }

    fn from_scalar(scalar: &[u8; 32]) -> Option<Key> {
        StaticPrivateKey::from_bytes(scalar).ok().map(Key::new)
    }

    fn public(&self) -> Point {
        self.0.private_key.public_key_uncompressed()
    }

    fn sign(&self, message: &[u8], generator: &'static Generator) -> Option<Vec<u8>> {
        draw_from(generator);
        let mut signature = [0; SIGNATURE_BYTES_MAX];
        self.0.sign_asn1::<Sha256>(&[message], &mut signature).ok().map(<[u8]>::to_vec)
    }
}
