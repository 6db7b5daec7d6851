//! Access to the memory that holds the secret.

/// How many bytes a [`Page`] must hand out: two hardware pages.
pub const PAGE_BYTES: usize = 8192;

/// The memory that holds the secret. The kernel's own maps it only while `run` runs.
pub trait Page {
    /// Calls `run` once with the [`PAGE_BYTES`] bytes of the page, and takes the mapping away again.
    fn with_page(&mut self, run: &mut dyn FnMut(&mut [u8]));
}
