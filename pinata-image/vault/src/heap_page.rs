//! The secret's memory on a host. The image leaves it out: allocating it can panic, and the image has better.

use crate::page::{PAGE_BYTES, Page};
use alloc::boxed::Box;
use zeroize::Zeroize;

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
