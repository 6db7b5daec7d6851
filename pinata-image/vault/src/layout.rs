//! How the page is used: `key(32) length(u32) document(≤ 4096)`.

use crate::page::PAGE_BYTES;

pub(crate) const KEY_BYTES: usize = 32;
const LENGTH_BYTES: usize = 4;

/// The longest release document.
pub const DOCUMENT_BYTES_MAX: usize = 4096;
const _: () = assert!(KEY_BYTES + LENGTH_BYTES + DOCUMENT_BYTES_MAX <= PAGE_BYTES);

/// Fills the page, or says that it is too small.
pub(crate) fn write(memory: &mut [u8], key: &[u8; KEY_BYTES], document: &[u8]) -> Option<()> {
    let (key_at, rest) = memory.split_first_chunk_mut::<KEY_BYTES>()?;
    let (length_at, rest) = rest.split_first_chunk_mut::<LENGTH_BYTES>()?;
    let document_at = rest.get_mut(..document.len())?;
    *key_at = *key;
    *length_at = (document.len() as u32).to_le_bytes();
    document_at.copy_from_slice(document);
    Some(())
}

/// The key in a filled page.
pub(crate) fn key(memory: &[u8]) -> Option<&[u8; KEY_BYTES]> {
    memory.first_chunk()
}

/// The document in a filled page; none if the page is damaged.
pub(crate) fn document(memory: &[u8]) -> Option<&[u8]> {
    let (_, rest) = memory.split_first_chunk::<KEY_BYTES>()?;
    let (length, rest) = rest.split_first_chunk::<LENGTH_BYTES>()?;
    rest.get(..u32::from_le_bytes(*length) as usize)
}
