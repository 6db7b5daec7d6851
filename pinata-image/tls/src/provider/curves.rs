//! The public-key side of a handshake behind one interface, implemented twice. One decides; the other checks it in tests.
//!
//! [`Graviola`](graviola::Graviola) is machine-checked assembly (s2n-bignum) and the default; with the feature `rustcrypto`
//! it is RustCrypto's and dalek's portable Rust, which has no X25519MLKEM768.

#[cfg(any(test, not(feature = "rustcrypto")))]
mod graviola;
#[cfg(any(test, feature = "rustcrypto"))]
mod rustcrypto;
mod self_check;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use pinata_entropy::Generator;
use rustls::crypto::SupportedKxGroup;

pub(crate) use self_check::{CheckedGroup, Once, signatures_agree};

#[cfg(not(feature = "rustcrypto"))]
pub(crate) type Chosen = graviola::Graviola;
#[cfg(feature = "rustcrypto")]
pub(crate) type Chosen = rustcrypto::RustCrypto;

/// The chosen curves' private key.
pub(crate) type Key = <Chosen as Curves>::Key;

/// A public key on P-256: 0x04 and both coordinates (SEC 1, section 2.3.3, uncompressed).
pub type Point = [u8; 65];

/// One implementation.
pub(crate) trait Curves {
    type Key: PrivateKey;

    /// Key exchanges in the order in which they are offered.
    fn groups(generator: &'static Generator) -> Vec<&'static dyn SupportedKxGroup>;

    /// ECDSA with SHA-256 on P-256; the signature in DER.
    fn verify(key: &Point, message: &[u8], signature: &[u8]) -> bool;
}

/// A private key for ECDSA with SHA-256 on P-256.
pub(crate) trait PrivateKey: Clone + Send + Sync + Sized + 'static {
    fn born(generator: &'static Generator) -> Self;

    /// `None` unless 0 < scalar < n. Big-endian.
    fn from_scalar(scalar: &[u8; 32]) -> Option<Self>;

    fn public(&self) -> Point;

    /// DER. The nonce is RFC 6979's with entropy added. `None`: the implementation failed, which no message can cause.
    fn sign(&self, message: &[u8], generator: &'static Generator) -> Option<Vec<u8>>;
}
