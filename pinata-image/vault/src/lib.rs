//! The secret's page and its only two readers: [`Vault::release`], which consumes a proof of authentication, and
//! [`Vault::prove`], which signs one kind of message and nothing else.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod layout;
mod page;
mod proof;
mod schnorr;

pub use layout::DOCUMENT_BYTES_MAX;
pub use page::{HeapPage, PAGE_BYTES, Page};
pub use proof::{Binding, Proof};
pub use schnorr::{BadKey, x_only};

use alloc::{boxed::Box, vec::Vec};
use layout::{KEY_AT, KEY_BYTES};
use pinata_gate::Authenticated;
use zeroize::Zeroizing;

/// Why a vault could not be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// The key is zero or not below the group's order.
    Key,
    /// The document is longer than [`DOCUMENT_BYTES_MAX`].
    Document,
}

/// The filled page, and what proofs are bound to.
pub struct Vault {
    page: Box<dyn Page>,
    binding: Binding,
    x_only: [u8; 32],
}

impl Vault {
    /// Writes the secret key and the release document into the page. The caller erases its own copies.
    pub fn seal(
        mut page: Box<dyn Page>,
        key: &[u8; KEY_BYTES],
        document: &[u8],
        binding: Binding,
    ) -> Result<Vault, SealError> {
        let x_only = x_only(key).map_err(|BadKey| SealError::Key)?;
        if document.len() > DOCUMENT_BYTES_MAX {
            return Err(SealError::Document);
        }
        page.with_page(&mut |memory| layout::write(memory, key, document));
        Ok(Vault { page, binding, x_only })
    }

    /// The public half of the vault key: x-only, by BIP-340.
    pub fn x_only(&self) -> &[u8; 32] {
        &self.x_only
    }

    /// The release document. Consumes the proof of authentication, so that one handshake releases at most once.
    pub fn release(&mut self, _proof: Authenticated) -> Zeroizing<Vec<u8>> {
        let mut document = Zeroizing::new(Vec::with_capacity(DOCUMENT_BYTES_MAX));
        self.page.with_page(&mut |memory| document.extend_from_slice(layout::document(memory)));
        document
    }

    /// Signs the bound message over `root` by BIP-340. `nonce` is 32 fresh random bytes (its auxiliary randomness).
    pub fn prove(&mut self, root: &[u8; 32], nonce: &[u8; 32]) -> Result<Proof, BadKey> {
        let message = self.binding.message(root);
        let mut signature = Err(BadKey);
        self.page.with_page(&mut |memory| {
            signature = match memory.get(KEY_AT..KEY_AT + KEY_BYTES) {
                Some(key) => schnorr::sign(key, &message, nonce),
                None => Err(BadKey),
            };
        });
        Ok(Proof { root: *root, message, signature: signature?, key: self.x_only })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use pinata_gate::{Event, Gate};

    const KEY: [u8; 32] = [7; 32];

    fn binding() -> Binding {
        Binding { target: String::from("prize"), boot: [1; 16], image: [2; 32], ca_sha256: [3; 32] }
    }

    fn authenticated() -> Authenticated {
        let mut gate = Gate::new();
        [Event::Open, Event::ChainOk, Event::PossessionOk, Event::FinishedOk]
            .into_iter()
            .find_map(|event| gate.advance(event))
            .unwrap()
    }

    #[test]
    fn releases_the_whole_document() {
        for length in [0, 1, DOCUMENT_BYTES_MAX] {
            let document = alloc::vec![b'x'; length];
            let mut vault = Vault::seal(Box::new(HeapPage::new()), &KEY, &document, binding()).unwrap();
            assert_eq!(vault.release(authenticated())[..], document[..]);
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let seal = |key: &[u8; 32], length| {
            Vault::seal(Box::new(HeapPage::new()), key, &alloc::vec![0; length], binding()).err()
        };
        assert_eq!(seal(&KEY, DOCUMENT_BYTES_MAX + 1), Some(SealError::Document));
        assert_eq!(seal(&[0; 32], 1), Some(SealError::Key));
        assert_eq!(seal(&[0xff; 32], 1), Some(SealError::Key));
    }

    #[test]
    fn a_proof_verifies_and_is_bound() {
        let mut vault = Vault::seal(Box::new(HeapPage::new()), &KEY, b"document", binding()).unwrap();
        let proof = vault.prove(&[9; 32], &[4; 32]).unwrap();
        let key = k256::schnorr::VerifyingKey::from_slice(&proof.key).unwrap();
        let signature = k256::schnorr::Signature::try_from(&proof.signature[..]).unwrap();
        assert!(key.verify_raw(&proof.message, &signature).is_ok());
        assert!(key.verify_raw(&binding().message(&[8; 32]), &signature).is_err());
        assert_eq!(&proof.key, vault.x_only());
    }
}
