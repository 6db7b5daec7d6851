//! Segments, stacks for faults, and the table of interrupt gates. Any exception is the end: see [`crate::death`].
use core::arch::asm;
use core::cell::UnsafeCell;
use core::fmt;

use crate::death;
use crate::layout;
use pinata_hal::apic::{SPURIOUS_VECTOR, WAKE_VECTORS};

const KERNEL_CODE: u64 = 0x00af_9a00_0000_ffff;
const CODE_SELECTOR: u16 = 8;
const TASK_SELECTOR: u16 = 16;
const ENTRY_BYTES: usize = 16;
const EXCEPTIONS: usize = 32;

/// Interrupt stack table slots (Intel SDM vol. 3A §8.7), counted from 1. All exceptions share one: the second one is
/// fatal anyway.
const FAULT_STACK: u64 = 1;
const INTERRUPT_STACK: u64 = 2;

unsafe extern "C" {
    static exception_entries: u8;
    static wake_entry: u8;
    static spurious_entry: u8;
}

/// Task state segment: only its stack pointers matter in long mode.
#[repr(C, packed(4))]
struct TaskState {
    reserved_0: u32,
    privilege_stacks: [u64; 3],
    reserved_1: u64,
    interrupt_stacks: [u64; 7],
    reserved_2: u64,
    reserved_3: u16,
    io_map: u16,
}

/// Written by [`install`], read by the processor ever after.
#[repr(C, align(16))]
struct ProcessorTables {
    gates: [[u64; 2]; 256],
    segments: [u64; 4],
    task: TaskState,
}

struct Once(UnsafeCell<ProcessorTables>);
// SAFETY: one core; written twice on the way up, by code that nothing interrupts.
unsafe impl Sync for Once {}

static TABLES: Once = Once(UnsafeCell::new(ProcessorTables {
    gates: [[0; 2]; 256],
    segments: [0; 4],
    task: TaskState {
        reserved_0: 0,
        privilege_stacks: [0; 3],
        reserved_1: 0,
        interrupt_stacks: [0; 7],
        reserved_2: 0,
        reserved_3: 0,
        io_map: size_of::<TaskState>() as u16,
    },
}));

#[repr(C, packed)]
struct TablePointer {
    limit: u16,
    base: u64,
}

/// The ends of the stacks of faults and interrupts.
pub struct Stacks {
    pub faults: usize,
    pub interrupts: usize,
}

/// Loads our own descriptor tables: first thing, and again whenever they or the stacks are elsewhere.
pub fn install(stacks: Stacks) {
    // SAFETY: the only access from Rust, on the one core, which reads them at a fault alone.
    let tables = unsafe { &mut *TABLES.0.get() };
    for vector in 0..EXCEPTIONS {
        let entry = &raw const exception_entries as usize + vector * ENTRY_BYTES;
        tables.gates[vector] = gate(entry, FAULT_STACK);
    }
    for vector in WAKE_VECTORS {
        tables.gates[usize::from(vector)] = gate(&raw const wake_entry as usize, INTERRUPT_STACK);
    }
    tables.gates[usize::from(SPURIOUS_VECTOR)] = gate(&raw const spurious_entry as usize, INTERRUPT_STACK);

    tables.task.interrupt_stacks[FAULT_STACK as usize - 1] = stacks.faults as u64;
    tables.task.interrupt_stacks[INTERRUPT_STACK as usize - 1] = stacks.interrupts as u64;

    let task = &raw const tables.task as u64;
    let task_limit = size_of::<TaskState>() as u64 - 1;
    tables.segments = [
        0,
        KERNEL_CODE,
        // Present, 64-bit available TSS (type 9); Intel SDM vol. 3A §8.2.3.
        (task_limit & 0xffff) | (task & 0xff_ffff) << 16 | 0x89 << 40 | (task >> 24 & 0xff) << 56,
        task >> 32,
    ];

    let segments = pointer_to(&tables.segments);
    let gates = pointer_to(&tables.gates);
    // SAFETY: the tables are complete and live for ever; the code selector keeps its meaning, so CS needs no reload.
    unsafe {
        asm!("lgdt [{}]", in(reg) &segments, options(readonly, nostack, preserves_flags));
        asm!("lidt [{}]", in(reg) &gates, options(readonly, nostack, preserves_flags));
        asm!("ltr {0:x}", in(reg) TASK_SELECTOR, options(nostack, preserves_flags));
    }
}

fn pointer_to<T>(table: &T) -> TablePointer {
    TablePointer { limit: size_of::<T>() as u16 - 1, base: table as *const T as u64 }
}

/// A 64-bit interrupt gate, present, ring 0 (type 0xE). Intel SDM vol. 3A §6.14.1.
fn gate(entry: usize, stack: u64) -> [u64; 2] {
    let entry = entry as u64;
    let low =
        (entry & 0xffff) | u64::from(CODE_SELECTOR) << 16 | stack << 32 | 0x8e << 40 | (entry >> 16 & 0xffff) << 48;
    [low, entry >> 32]
}

/// What `vectors.s` leaves on the fault stack: vector, then what the processor pushed.
#[repr(C)]
struct Frame {
    vector: u64,
    error: u64,
    instruction: u64,
    code_segment: u64,
    flags: u64,
    stack: u64,
    stack_segment: u64,
}

/// Called by `vectors.s`.
#[unsafe(no_mangle)]
extern "C" fn exception(frame: &Frame) -> ! {
    let address: u64;
    // SAFETY: reading CR2 has no effect.
    unsafe { asm!("mov {}, cr2", out(reg) address, options(nomem, nostack, preserves_flags)) };
    death::die(
        format_args!(
            "{} error {:#x} address {} stack {:#x}",
            name(frame.vector),
            frame.error,
            Place(address),
            frame.stack
        ),
        format_args!("rip {}", Place(frame.instruction)),
    )
}

/// An address; of what is in the image as it is linked, which is the same at each boot.
struct Place(u64);

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let address = self.0 as usize;
        if (layout::text().start..layout::data().end).contains(&address) {
            write!(out, "image:{:#x}", address - layout::slide())
        } else {
            write!(out, "{address:#x}")
        }
    }
}

fn name(vector: u64) -> &'static str {
    match vector {
        0 => "divide error",
        3 => "breakpoint",
        6 => "invalid opcode",
        7 => "device not available",
        8 => "double fault",
        13 => "general protection",
        14 => "page fault",
        16 | 19 => "floating point",
        17 => "alignment check",
        18 => "machine check",
        _ => "exception",
    }
}
