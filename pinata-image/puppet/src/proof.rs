//! Signatures and Finished messages, right and wrong.

use crate::script::View;
use p256::ecdsa::{DerSignature, SigningKey, signature::Signer, signature::hazmat::PrehashSigner};
use sha2::Digest;

/// How the certificate's key signs (RFC 8446, section 4.4.3).
#[derive(Clone)]
pub struct Signing {
    pub view: View,
    pub key: SigningKey,
    /// The scheme that is named.
    pub scheme: u16,
    /// Everything before the transcript's hash: 64 spaces, the context string, a zero.
    pub prefix: Vec<u8>,
    pub over: Over,
    pub digest: Digested,
}

/// What is signed after the prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Transcript,
    /// The transcript up to the hellos.
    Hellos,
    /// The hash of nothing.
    Nothing,
}

/// How the signature is made of what is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Digested {
    /// SHA-256 and ECDSA, as the scheme says.
    Sha256,
    /// SHA-384 under the same name.
    Sha384,
    /// (r, n − s) instead of (r, s).
    Negated,
    /// Instead of a signature.
    Bytes(Vec<u8>),
}

/// What a Finished is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FinishedBy {
    #[default]
    OwnKey,
    /// The receiver's own secret: its Finished sent back.
    PeersKey,
    /// The transcript up to the hellos.
    Hellos,
    Zeros,
}

/// Everything before the transcript's hash in what is signed (RFC 8446, section 4.4.3).
pub fn signature_prefix(context: &str) -> Vec<u8> {
    [&[b' '; 64], context.as_bytes(), &[0]].concat()
}

impl Signing {
    pub(crate) fn signature(&self, hash: &[u8; 32]) -> Vec<u8> {
        let content = [&self.prefix[..], hash].concat();
        let signature: DerSignature = match &self.digest {
            Digested::Bytes(bytes) => return bytes.clone(),
            Digested::Sha256 => self.key.sign(&content),
            Digested::Sha384 => {
                self.key.sign_prehash(&sha2::Sha384::digest(&content)).expect("a hash is long enough to sign")
            }
            Digested::Negated => {
                let signature: p256::ecdsa::Signature = self.key.sign(&content);
                let (r, s) = signature.split_scalars();
                let negated = p256::ecdsa::Signature::from_scalars(r.to_bytes(), (-*s).to_bytes());
                negated.expect("n − s is a scalar").to_der()
            }
        };
        signature.as_bytes().to_vec()
    }
}
