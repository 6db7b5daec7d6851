//! One access that the page tables or the processor must refuse, or one thing that must end the guest.
use alloc::boxed::Box;
use alloc::vec;
use core::arch::asm;
use core::hint::black_box;
use core::mem::transmute;
use core::ptr::{read_volatile, write_volatile};

const PAGE: usize = 4096;
const PATTERN: u8 = 0xa5;
const LEAK_BYTES: usize = 1 << 16;

/// A `ret`, too.
static CONSTANT: u64 = 0xc3;

#[expect(unsafe_code, reason = "the misdeed itself")]
unsafe extern "C" {
    static vault_pages: u8;
}

/// Does it, if `name` is one of these.
pub fn commit(name: &str) {
    match name {
        "write to code" => write(commit as *const () as usize),
        "write to constants" => write(&raw const CONSTANT as usize),
        "write to a page table" => write(root()),
        "run the heap" => run(heap()),
        "run constants" => run(&raw const CONSTANT as usize),
        "run the stack" => run(&raw const *black_box(&mut 0xc3_u64) as usize),
        "read null" => drop(read(black_box(0))),
        "overflow the stack" => drop(black_box(deeper(1))),
        "read past the heap" => climb(heap()),
        "read the vault" => drop(read(&raw const vault_pages as usize)),
        "write to the vault" => write(&raw const vault_pages as usize),
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
fn read(address: usize) -> u8 {
    // SAFETY: none; it must fault, or its caller knows better.
    let value: u8;
    unsafe { asm!("mov {}, [{}]", out(reg_byte) value, in(reg) address, options(nostack, readonly)) };
    value
}

#[expect(unsafe_code, reason = "the misdeed itself")]
fn run(address: usize) {
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

#[expect(unconditional_recursion, reason = "the misdeed itself")]
fn deeper(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    deeper(depth + 1) + frame[0]
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
