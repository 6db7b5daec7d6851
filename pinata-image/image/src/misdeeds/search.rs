//! Looks for a secret wherever the guest can read.
use alloc::string::String;
use core::fmt::Write;
use core::ops::Range;
use core::ptr::read_volatile;

use pinata_boot::misdeeds::{placed, readable, vault_visits};

/// To fill the vault, to release and to prove.
const VISITS_BEFORE: usize = 3;

/// Once the guest has released and proved, ends with how often the bytes of `hex` are in the heap, and where else they are;
/// in this order or the other, in which arithmetic holds numbers. They are nowhere put together here, so what is found is not
/// this search's own.
pub fn commit(hex: &str) {
    if vault_visits() < VISITS_BEFORE {
        return;
    }
    let [.., heap, _] = placed();
    let (mut inside, mut outside, mut places) = (0, 0, String::new());
    for range in readable() {
        for at in matches(range, hex.as_bytes()) {
            if heap.contains(&at) {
                inside += 1;
            } else {
                outside += 1;
                let _ = write!(places, " {at:#x}");
            }
        }
    }
    panic!("{inside} in the heap, {outside} elsewhere{places}")
}

fn matches(range: Range<usize>, hex: &[u8]) -> impl Iterator<Item = usize> {
    let length = hex.len() / 2;
    let (first, last) = (byte(hex, 0), byte(hex, length - 1));
    (range.start..=range.end - length).filter(move |&at| {
        let here = read(at);
        (here == first && (0..length).all(|i| read(at + i) == byte(hex, i)))
            || (here == last && (0..length).all(|i| read(at + i) == byte(hex, length - 1 - i)))
    })
}

fn byte(hex: &[u8], index: usize) -> u8 {
    let digit = |at: usize| char::from(hex[at]).to_digit(16).expect("a digit") as u8;
    digit(2 * index) << 4 | digit(2 * index + 1)
}

#[expect(unsafe_code, reason = "the misdeed itself")]
fn read(address: usize) -> u8 {
    // SAFETY: mapped; what it belongs to does not matter.
    unsafe { read_volatile(address as *const u8) }
}
