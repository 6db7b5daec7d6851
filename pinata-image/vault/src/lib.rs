//! The secret's page and its only two readers: [`Vault::release`], which consumes a proof of authentication, and
//! [`Vault::prove`], which signs one kind of message and nothing else.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(not(pinata_image))]
mod heap_page;
mod layout;
mod page;
mod proof;
mod schnorr;

#[cfg(not(pinata_image))]
pub use heap_page::HeapPage;
pub use layout::DOCUMENT_BYTES_MAX;
pub use page::{PAGE_BYTES, Page};
pub use proof::{Binding, Proof};
pub use schnorr::{BadKey, check_key};

use alloc::{boxed::Box, vec::Vec};
use layout::KEY_BYTES;
use pinata_gate::Authenticated;
use zeroize::Zeroizing;

/// Why a vault could not be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// The key is zero or not below the group's order.
    Key,
    /// The document is longer than [`DOCUMENT_BYTES_MAX`], or the page shorter than [`PAGE_BYTES`].
    Document,
}

/// The filled page, and what proofs are bound to.
pub struct Vault {
    page: Box<dyn Page>,
    binding: Binding,
}

impl Vault {
    /// Writes the secret key and the release document into the page. The caller erases its own copies.
    pub fn seal(
        mut page: Box<dyn Page>,
        key: &[u8; KEY_BYTES],
        document: &[u8],
        binding: Binding,
    ) -> Result<Vault, SealError> {
        check_key(key).map_err(|BadKey| SealError::Key)?;
        if document.len() > DOCUMENT_BYTES_MAX {
            return Err(SealError::Document);
        }
        let mut written = None;
        page.with_page(&mut |memory| written = layout::write(memory, key, document));
        written.ok_or(SealError::Document)?;
        Ok(Vault { page, binding })
    }

    /// The release document; empty if there is no memory to hold it, for this must not panic. Consumes the proof of
    /// authentication, so that one handshake releases at most once.
    pub fn release(&mut self, _proof: Authenticated) -> Zeroizing<Vec<u8>> {
        let mut document = Zeroizing::new(Vec::new());
        if document.try_reserve_exact(DOCUMENT_BYTES_MAX).is_err() {
            return document;
        }
        document.resize(DOCUMENT_BYTES_MAX, 0);
        let mut length = 0;
        self.page.with_page(&mut |memory| {
            let Some(held) = layout::document(memory) else { return };
            let Some(room) = document.get_mut(..held.len()) else { return };
            room.copy_from_slice(held);
            length = held.len();
        });
        document.truncate(length);
        document
    }

    /// Signs the bound message over `root` by BIP-340. `nonce` is 32 fresh random bytes (its auxiliary randomness).
    pub fn prove(&mut self, root: &[u8; 32], nonce: &[u8; 32]) -> Result<Proof, BadKey> {
        let message = self.binding.message(root);
        let mut signed = Err(BadKey);
        self.page.with_page(&mut |memory| {
            signed = layout::key(memory).ok_or(BadKey).and_then(|key| schnorr::sign(key, &message, nonce));
        });
        let (signature, key) = signed?;
        Ok(Proof { root: *root, message, signature, key })
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

    /// Memory of any length, and of any content.
    struct Raw(Vec<u8>);

    impl Page for Raw {
        fn with_page(&mut self, run: &mut dyn FnMut(&mut [u8])) {
            run(&mut self.0);
        }
    }

    #[test]
    fn a_page_that_is_too_short_is_refused() {
        for (bytes, fits) in [(0, false), (31, false), (35, false), (43, false), (44, true)] {
            let vault = Vault::seal(Box::new(Raw(alloc::vec![0; bytes])), &KEY, b"document", binding());
            assert_eq!(vault.err(), if fits { None } else { Some(SealError::Document) }, "{bytes}");
        }
    }

    #[test]
    fn a_damaged_page_releases_nothing() {
        let mut vault = Vault::seal(Box::new(HeapPage::new()), &KEY, b"document", binding()).unwrap();
        vault.page.with_page(&mut |memory| memory[32..36].copy_from_slice(&u32::MAX.to_le_bytes()));
        assert!(vault.release(authenticated()).is_empty());
        vault.page.with_page(&mut |memory| memory[32..36].copy_from_slice(&4097_u32.to_le_bytes()));
        assert!(vault.release(authenticated()).is_empty());
    }

    #[test]
    fn a_proof_verifies_and_is_bound() {
        let mut vault = Vault::seal(Box::new(HeapPage::new()), &KEY, b"document", binding()).unwrap();
        let proof = vault.prove(&[9; 32], &[4; 32]).unwrap();
        let key = k256::schnorr::VerifyingKey::from_slice(&proof.key).unwrap();
        let signature = k256::schnorr::Signature::try_from(&proof.signature[..]).unwrap();
        assert!(key.verify_raw(&proof.message, &signature).is_ok());
        assert!(key.verify_raw(&binding().message(&[8; 32]), &signature).is_err());
    }
}
