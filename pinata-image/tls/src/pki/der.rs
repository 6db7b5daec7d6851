//! DER, as much as certificates need (X.690).

use alloc::vec;
use alloc::vec::Vec;

pub(super) const BOOLEAN_TRUE: &[u8] = &[0x01, 0x01, 0xff];
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The tag of a context-specific field, constructed.
pub(super) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// The tag of a context-specific field that holds plain bytes.
pub(super) const fn context_primitive(number: u8) -> u8 {
    0x80 | number
}

/// One value: tag, shortest length, and the parts one after the other.
pub(super) fn value(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    match length {
        0..0x80 => out.push(length as u8),
        0x80..0x100 => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}
