//! What becomes of a guest whose stacks are misused.
use core::fmt::Write;
use core::hint::black_box;
use core::ops::Range;

use pinata_boot::Death;
use pinata_boot::misdeeds::{lose_the_fault_stack, placed};
use pinata_hal::last_words::LastWords;

use crate::misdeeds::faults::{read, run};

/// Does it, if `name` is one of these.
pub fn commit(name: &str) {
    let [_, main, faults, interrupts, ..] = placed();
    match name {
        "run the stack" => run(&raw const *black_box(&mut 0xc3_u64) as usize),
        "read past the stack" => drop(read(tell(main).end)),
        "overflow the stack" => {
            tell(main);
            black_box(deeper(1));
        }
        "overflow the stack of faults" => {
            tell(faults);
            pinata_boot::on_death(overflow);
            read(black_box(0));
        }
        "read past the stack of faults" => drop(read(tell(faults).end)),
        "read below the stack of interrupts" => drop(read(tell(interrupts).start - 1)),
        "lose the stack of faults" => {
            lose_the_fault_stack();
            read(black_box(0));
        }
        _ => {}
    }
}

/// Says on the serial port where a stack is.
fn tell(stack: Range<usize>) -> Range<usize> {
    let _ = writeln!(LastWords, "a stack at {:#x} to {:#x}", stack.start, stack.end);
    stack
}

/// Runs on the stack of the fault that it is the death of.
fn overflow(_: &Death) {
    black_box(deeper(1));
}

#[expect(unconditional_recursion, reason = "the misdeed itself")]
fn deeper(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    deeper(depth + 1) + frame[0]
}
