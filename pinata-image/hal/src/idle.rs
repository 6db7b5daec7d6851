//! Waiting without work: the processor halts until a device or the timer interrupts.
use crate::apic::Interrupts;
use crate::cpu::halt_until_interrupt;

const NS_PER_US: u64 = 1_000;

/// Halts until a device interrupts or `wait_us` microseconds have passed (`None`: until a device interrupts). The
/// caller has acknowledged and then looked at every device: one that interrupted since ends the halt at once.
pub fn idle(interrupts: &mut Interrupts, wait_us: Option<u64>) {
    match wait_us {
        Some(0) => return,
        Some(us) => interrupts.set_timer(us.saturating_mul(NS_PER_US)),
        None => interrupts.set_timer(0),
    }
    halt_until_interrupt();
}
