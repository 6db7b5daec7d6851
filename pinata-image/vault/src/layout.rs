//! How the page is used: `key(32) length(u32) document(≤ 4096)`.

use crate::page::PAGE_BYTES;

pub(crate) const KEY_AT: usize = 0;
pub(crate) const KEY_BYTES: usize = 32;
const LENGTH_AT: usize = KEY_AT + KEY_BYTES;
const LENGTH_BYTES: usize = 4;
const DOCUMENT_AT: usize = LENGTH_AT + LENGTH_BYTES;

/// The longest release document.
pub const DOCUMENT_BYTES_MAX: usize = 4096;
const _: () = assert!(DOCUMENT_AT + DOCUMENT_BYTES_MAX <= PAGE_BYTES);

/// Fills the page. `document` is at most [`DOCUMENT_BYTES_MAX`] long, `memory` at least [`PAGE_BYTES`].
pub(crate) fn write(memory: &mut [u8], key: &[u8; KEY_BYTES], document: &[u8]) {
    memory[KEY_AT..KEY_AT + KEY_BYTES].copy_from_slice(key);
    memory[LENGTH_AT..DOCUMENT_AT].copy_from_slice(&(document.len() as u32).to_le_bytes());
    memory[DOCUMENT_AT..DOCUMENT_AT + document.len()].copy_from_slice(document);
}

/// The document in a filled page; empty if the page is damaged.
pub(crate) fn document(memory: &[u8]) -> &[u8] {
    let Some((_, rest)) = memory.split_at_checked(LENGTH_AT) else { return &[] };
    let Some((length, rest)) = rest.split_first_chunk::<LENGTH_BYTES>() else { return &[] };
    rest.get(..u32::from_le_bytes(*length) as usize).unwrap_or(&[])
}
