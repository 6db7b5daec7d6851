//! The one message that the vault key ever signs.

use alloc::string::String;
use sha2::{Digest, Sha256};

const TAG: &[u8] = b"pinata/proof/v1";

/// What a proof is bound to besides the challenge.
#[derive(Clone, Debug)]
pub struct Binding {
    pub target: String,
    pub boot: [u8; 16],
    pub image: [u8; 32],
    /// SHA-256 of the CA certificate's DER.
    pub ca_sha256: [u8; 32],
}

impl Binding {
    /// BIP-340's tagged hash of `root ‖ target ‖ boot ‖ image ‖ ca_sha256` under the tag `pinata/proof/v1`. A transaction's
    /// signature hash has another tag, so no proof can ever spend.
    pub fn message(&self, root: &[u8; 32]) -> [u8; 32] {
        let tag = Sha256::digest(TAG);
        Sha256::new()
            .chain_update(tag)
            .chain_update(tag)
            .chain_update(root)
            .chain_update(self.target.as_bytes())
            .chain_update(self.boot)
            .chain_update(self.image)
            .chain_update(self.ca_sha256)
            .finalize()
            .into()
    }
}

/// An answer to a challenge.
#[derive(Clone, Debug)]
pub struct Proof {
    pub root: [u8; 32],
    pub message: [u8; 32],
    /// BIP-340, over `message`.
    pub signature: [u8; 64],
    /// The x-only public key.
    pub key: [u8; 32],
}
