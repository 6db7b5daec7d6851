//! One access that the page tables or the processor must refuse, or one thing that must end the guest.
use alloc::boxed::Box;
use alloc::vec;
use core::arch::asm;
use core::hint::black_box;
use core::mem::transmute;
use core::ptr::{read_volatile, write_volatile};
use core::sync::atomic::AtomicU64;

use pinata_boot::misdeeds::{placed, vault_memory};

const PAGE: usize = 4096;
const PATTERN: u8 = 0xa5;
/// `link.ld`
const LINKED_AT: usize = 0x10_0000;
const LEAK_BYTES: usize = 1 << 16;

/// A `ret`, too.
static CONSTANT: u64 = 0xc3;
static VARIABLE: AtomicU64 = AtomicU64::new(0xc3);

/// Does it, if `name` is one of these.
pub fn commit(name: &str) {
    let [image, .., heap_at, vault] = placed();
    match name {
        "write to code" => write(commit as *const () as usize),
        "write to constants" => write(&raw const CONSTANT as usize),
        "write to a page table" => write(root()),
        "run the heap" => run(heap()),
        "run data" => run(VARIABLE.as_ptr() as usize),
        "run constants" => run(&raw const CONSTANT as usize),
        "read where the image is linked" => drop(read(LINKED_AT)),
        "read below the image" => drop(read(image.start - 1)),
        "read past the image" => drop(read(image.end)),
        "tell where the image is" => panic!(
            "code at {:#x}, constants at {:#x}, data at {:#x}",
            commit as *const () as usize,
            &raw const CONSTANT as usize,
            VARIABLE.as_ptr() as usize
        ),
        "read null" => drop(read(black_box(0))),
        "read below the heap" => drop(read(heap_at.start - 1)),
        "read past the heap" => climb(heap()),
        "read the vault" => drop(read(vault.start)),
        "read below the vault" => drop(read(vault.start - 1)),
        "read past the vault" => drop(read(vault.end)),
        "read the vault's memory" => drop(read(vault_memory().start)),
        "write to the vault" => write(vault.start),
        "run out of memory" => exhaust(),
        "panic" => panic!("as it was asked to"),
        "read freed memory" => read_freed(),
        _ => {}
    }
}

#[expect(unsafe_code, reason = "the misdeed itself")]
fn write(address: usize) {
    // SAFETY: none; it must fault.
    unsafe { write_volatile(address as *mut u64, 0) }
}

#[expect(unsafe_code, reason = "the misdeed itself")]
pub fn read(address: usize) -> u8 {
    // SAFETY: none; it must fault, or its caller knows better.
    let value: u8;
    unsafe { asm!("mov {}, [{}]", out(reg_byte) value, in(reg) address, options(nostack, readonly)) };
    value
}

#[expect(unsafe_code, reason = "the misdeed itself")]
pub fn run(address: usize) {
    // SAFETY: none; it must fault.
    let code: fn() = unsafe { transmute(address) };
    black_box(code)();
}

#[expect(unsafe_code, reason = "the misdeed itself")]
fn root() -> usize {
    let root: usize;
    // SAFETY: reading CR3 has no effect.
    unsafe { asm!("mov {}, cr3", out(reg) root, options(nomem, nostack, preserves_flags)) };
    root
}

/// The address of a `ret` on the heap.
fn heap() -> usize {
    Box::leak(Box::new(black_box(0xc3_u64))) as *const u64 as usize
}

/// Reads upwards, a byte of each page, until something stops it.
fn climb(from: usize) {
    for address in (from..).step_by(PAGE) {
        black_box(read(address));
    }
}

fn exhaust() {
    loop {
        black_box(vec![PATTERN; LEAK_BYTES].leak());
    }
}

/// Tells how much of a secret is left where it was.
#[expect(unsafe_code, reason = "the misdeed itself")]
fn read_freed() {
    let secret = black_box(vec![PATTERN; PAGE]);
    let start = secret.as_ptr() as usize;
    let count = || {
        // SAFETY: none for the language, but the heap stays mapped.
        (start..start + PAGE).filter(|&at| unsafe { read_volatile(at as *const u8) } == PATTERN).count()
    };
    let before = count();
    drop(secret);
    panic!("{} bytes of {before} are left", count());
}
