//! The vault's memory: the pages that the boot crate keeps out of the ordinary page tables.
use pinata_boot::{VAULT_BYTES, VaultPage};
use pinata_service::{PAGE_BYTES, Page};

const _: () = assert!(VAULT_BYTES == PAGE_BYTES);

/// [`VaultPage`] as the service wants it.
pub struct SecretPages(pub VaultPage);

impl Page for SecretPages {
    fn with_page(&mut self, run: &mut dyn FnMut(&mut [u8])) {
        self.0.with(|pages| run(pages));
    }
}
