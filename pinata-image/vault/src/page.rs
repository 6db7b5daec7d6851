//! Access to the memory that holds the secret.

use alloc::boxed::Box;
use zeroize::Zeroize;

/// How many bytes a [`Page`] must hand out: two hardware pages.
pub const PAGE_BYTES: usize = 8192;

/// The memory that holds the secret. The kernel's own maps it only while `run` runs.
pub trait Page {
    /// Calls `run` once with the [`PAGE_BYTES`] bytes of the page, and takes the mapping away again.
    fn with_page(&mut self, run: &mut dyn FnMut(&mut [u8]));
}

/// A page in ordinary memory, for hosts without page tables of their own.
pub struct HeapPage(Box<[u8; PAGE_BYTES]>);

impl HeapPage {
    pub fn new() -> HeapPage {
        HeapPage(Box::new([0; PAGE_BYTES]))
    }
}

impl Default for HeapPage {
    fn default() -> Self {
        HeapPage::new()
    }
}

impl Page for HeapPage {
    fn with_page(&mut self, run: &mut dyn FnMut(&mut [u8])) {
        run(&mut self.0[..]);
    }
}

impl Drop for HeapPage {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
