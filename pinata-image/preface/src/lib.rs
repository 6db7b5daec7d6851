//! What the gateway says before the attacker's first byte: one PROXY protocol v2 header of fixed size that names the attempt,
//! authenticated with the boot's preface key.
//!
//! ```text
//!  signature(12) 0x21 0x00 0x0026 | 0x05 0x0010 attempt id(16) | 0xE0 0x0010 HMAC-SHA-256(key, id ‖ port u16)[0..16]
//!  version 2, command PROXY; family UNSPEC; 38 bytes follow
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod replay;

pub use replay::{REMEMBERED, Replays};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Length of the whole header.
pub const PREFACE_BYTES: usize = 54;
const MAC_BYTES: usize = 16;
const ID_BYTES: usize = 16;
/// Everything before the attempt id: signature, version and command, family, length, and the first TLV's head
/// (PROXY protocol v2, section 2.2; `PP2_TYPE_UNIQUE_ID`).
const HEAD: [u8; 19] = *b"\r\n\r\n\0\r\nQUIT\n\x21\x00\x00\x26\x05\x00\x10";
/// Head of the second TLV, from the range that the protocol leaves to applications.
const MAC_HEAD: [u8; 3] = [0xe0, 0x00, 0x10];
const ID_AT: usize = HEAD.len();
const MAC_HEAD_AT: usize = ID_AT + ID_BYTES;
const MAC_AT: usize = MAC_HEAD_AT + MAC_HEAD.len();

/// The sixteen bytes of a UUID that name one attempt.
pub type AttemptId = [u8; ID_BYTES];

/// Why a header was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not this header at all.
    Form,
    /// Not made with this boot's key for this port.
    Mac,
    /// The id came before on this port.
    Replay,
}

/// The HMAC key of one boot.
pub struct PrefaceKey(Hmac<Sha256>);

impl PrefaceKey {
    pub fn new(key: &[u8; 32]) -> PrefaceKey {
        PrefaceKey(Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    /// Checks form and MAC of a header that arrived on `port`.
    pub fn open(&self, header: &[u8; PREFACE_BYTES], port: u16) -> Result<AttemptId, Refusal> {
        let (head, rest) = header.split_at(ID_AT);
        let (id, rest) = rest.split_at(ID_BYTES);
        let (mac_head, mac) = rest.split_at(MAC_HEAD.len());
        if head != HEAD || mac_head != MAC_HEAD {
            return Err(Refusal::Form);
        }
        let id = AttemptId::try_from(id).map_err(|_| Refusal::Form)?;
        if !bool::from(self.mac(&id, port)[..].ct_eq(mac)) {
            return Err(Refusal::Mac);
        }
        Ok(id)
    }

    /// Writes the header for an attempt: the gateway's side, for tests and tools.
    pub fn seal(&self, id: &AttemptId, port: u16) -> [u8; PREFACE_BYTES] {
        let mut header = [0; PREFACE_BYTES];
        header[..ID_AT].copy_from_slice(&HEAD);
        header[ID_AT..MAC_HEAD_AT].copy_from_slice(id);
        header[MAC_HEAD_AT..MAC_AT].copy_from_slice(&MAC_HEAD);
        header[MAC_AT..].copy_from_slice(&self.mac(id, port));
        header
    }

    fn mac(&self, id: &AttemptId, port: u16) -> [u8; MAC_BYTES] {
        let mut mac = self.0.clone();
        mac.update(id);
        mac.update(&port.to_be_bytes());
        let full: [u8; 32] = mac.finalize().into_bytes().into();
        let mut short = [0; MAC_BYTES];
        short.copy_from_slice(&full[..MAC_BYTES]);
        short
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    /// Made with `openssl dgst -sha256 -mac HMAC` over id ‖ 2710 (10000), key 00..1f, id 20..2f.
    const VECTOR: &str = include_str!("../../vectors/preface.txt");

    fn vector() -> [u8; PREFACE_BYTES] {
        let text = VECTOR.lines().find(|line| !line.starts_with('#')).unwrap();
        let bytes: Vec<u8> =
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect();
        bytes.try_into().unwrap()
    }

    fn key() -> PrefaceKey {
        PrefaceKey::new(&core::array::from_fn(|at| at as u8))
    }

    fn id() -> AttemptId {
        core::array::from_fn(|at| 0x20 + at as u8)
    }

    #[test]
    fn opens_the_vector_and_writes_it() {
        assert_eq!(key().open(&vector(), 10000), Ok(id()));
        assert_eq!(key().seal(&id(), 10000), vector());
    }

    #[test]
    fn any_flipped_bit_is_refused() {
        for bit in 0..PREFACE_BYTES * 8 {
            let mut header = vector();
            header[bit / 8] ^= 1 << (bit % 8);
            let expected = if (ID_AT * 8..MAC_HEAD_AT * 8).contains(&bit) || bit >= MAC_AT * 8 {
                Refusal::Mac
            } else {
                Refusal::Form
            };
            assert_eq!(key().open(&header, 10000), Err(expected), "bit {bit}");
        }
    }

    #[test]
    fn a_header_is_good_for_one_port_and_one_key() {
        assert_eq!(key().open(&vector(), 10002), Err(Refusal::Mac));
        assert_eq!(PrefaceKey::new(&[0; 32]).open(&vector(), 10000), Err(Refusal::Mac));
    }
}
