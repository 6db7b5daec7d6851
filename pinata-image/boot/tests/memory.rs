//! The memory functions against plain loops, over all short lengths, offsets and overlaps.
use std::arch::global_asm;

global_asm!(include_str!("../src/memory.s"), options(raw));

unsafe extern "C" {
    fn pinata_memmove(to: *mut u8, from: *const u8, length: usize) -> *mut u8;
    fn pinata_memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8;
    fn pinata_memset(to: *mut u8, byte: i32, length: usize) -> *mut u8;
    fn pinata_memcmp(one: *const u8, other: *const u8, length: usize) -> i32;
}

const SPAN: usize = 400;
const LENGTHS: usize = 200;

fn pattern() -> Vec<u8> {
    (0..SPAN).map(|index| (index * 7 + index / 13) as u8).collect()
}

#[test]
fn memmove_is_right_for_every_overlap() {
    for length in 0..LENGTHS {
        for to in 0..100 {
            let mut ours = pattern();
            let mut expected = pattern();
            expected.copy_within(50..50 + length, to);
            // SAFETY: both ranges are inside `ours`.
            let returned = unsafe { pinata_memmove(ours.as_mut_ptr().add(to), ours.as_ptr().add(50), length) };
            assert_eq!(returned, ours[to..].as_mut_ptr());
            assert_eq!(ours, expected, "length {length}, 50 to {to}");
        }
    }
}

#[test]
fn memcpy_copies_that_and_nothing_else() {
    let from = pattern();
    for length in 0..LENGTHS {
        for offset in 0..17 {
            let mut ours = vec![0xee; SPAN];
            let mut expected = ours.clone();
            expected[offset..offset + length].copy_from_slice(&from[3..3 + length]);
            // SAFETY: both ranges are inside their vectors, which are different.
            let returned = unsafe { pinata_memcpy(ours.as_mut_ptr().add(offset), from.as_ptr().add(3), length) };
            assert_eq!(returned, ours[offset..].as_mut_ptr());
            assert_eq!(ours, expected, "length {length}, offset {offset}");
        }
    }
}

#[test]
fn memset_fills_that_and_nothing_else() {
    for length in 0..LENGTHS {
        for offset in 0..17 {
            let mut ours = pattern();
            let mut expected = ours.clone();
            expected[offset..offset + length].fill(0xa5);
            // SAFETY: the range is inside `ours`. Only the low byte counts.
            let returned = unsafe { pinata_memset(ours.as_mut_ptr().add(offset), 0x7700_00a5, length) };
            assert_eq!(returned, ours[offset..].as_mut_ptr());
            assert_eq!(ours, expected, "length {length}, offset {offset}");
        }
    }
}

#[test]
fn memcmp_orders_by_the_first_difference() {
    for length in 0..70 {
        let one = pattern();
        // SAFETY: both ranges are inside their vectors.
        let compare = |other: &[u8]| unsafe { pinata_memcmp(one.as_ptr().add(5), other.as_ptr().add(5), length) };
        assert_eq!(compare(&one), 0);
        for at in 0..length {
            let mut other = one.clone();
            other[5 + at] = other[5 + at].wrapping_add(1);
            other[5 + length..].fill(0);
            let expected = one[5..5 + length].cmp(&other[5..5 + length]) as i32;
            assert_eq!(compare(&other).signum(), expected, "length {length}, at {at}");
        }
    }
}
