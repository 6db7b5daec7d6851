//! The secret's pages: present only in a second root, for the length of one call.
use core::ops::Range;

use crate::paging::{self, Roots};

pub use crate::layout::VAULT_BYTES;

/// The pages that are absent from the ordinary page tables.
pub struct VaultPage {
    roots: Roots,
    start: usize,
}

impl VaultPage {
    /// # Safety
    /// Both roots are complete, differ in the pages at `at` alone, which are [`VAULT_BYTES`], and no other `VaultPage` exists.
    pub(crate) unsafe fn new(roots: Roots, at: &Range<usize>) -> VaultPage {
        VaultPage { roots, start: at.start }
    }

    /// Maps the pages, runs `work` on them, takes them away again. A panic inside never returns, so it cannot leave
    /// them mapped for anybody.
    pub fn with<R>(&mut self, work: impl FnOnce(&mut [u8; VAULT_BYTES]) -> R) -> R {
        #[cfg(feature = "misdeeds")]
        crate::misdeeds::count_vault_visit();
        // SAFETY: the vault root maps everything that the main root maps.
        unsafe { paging::activate(self.roots.vault) };
        // SAFETY: the pages are mapped now, and `&mut self` makes this the only reference to them.
        let pages = unsafe { &mut *(self.start as *mut [u8; VAULT_BYTES]) };
        let result = work(pages);
        // SAFETY: the main root maps all that is in use from here on.
        unsafe { paging::activate(self.roots.main) };
        result
    }
}
