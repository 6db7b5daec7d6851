//! The image at another address than the one that it is linked for.
//!
//! It is linked as a position-independent program; the linker leaves a list of the words that hold addresses within the image, in
//! which each already is what it must be at the linked address (gABI, "SHT_RELR": the address of a word, then bitmaps of 63 words
//! each that follow it).
use core::hint::black_box;

const WORD: usize = size_of::<u64>();
/// Of the words that a bitmap stands for.
const BITMAP_BYTES: usize = 63 * WORD;

unsafe extern "C" {
    static __relr_start: u64;
    static __relr_end: u64;
}

/// Adds `slide` to each word that holds an address within the image.
///
/// # Safety
/// The code runs at its linked address, where all of the image is writable; once. Afterwards it must also be mapped `slide` bytes
/// further on: that is where its own addresses lead.
pub unsafe fn apply(slide: usize) {
    // The list's own address may be one of those words.
    let mut entry = black_box(&raw const __relr_start);
    let end = black_box(&raw const __relr_end);
    let mut next = 0;
    while entry < end {
        // SAFETY: inside the list.
        let value = unsafe { entry.read() } as usize;
        if value & 1 == 0 {
            // SAFETY: the linker lists no others.
            unsafe { add(value, slide) };
            next = value + WORD;
        } else {
            for bit in (1..u64::BITS as usize).filter(|bit| value >> bit & 1 == 1) {
                // SAFETY: as above.
                unsafe { add(next + (bit - 1) * WORD, slide) };
            }
            next += BITMAP_BYTES;
        }
        // SAFETY: at most one past the list.
        entry = unsafe { entry.add(1) };
    }
}

unsafe fn add(word: usize, slide: usize) {
    let word = word as *mut usize;
    // SAFETY: the caller's promise. Volatile: these are also constants, of which the compiler knows that they never change.
    unsafe { word.write_volatile(word.read_volatile() + slide) }
}
