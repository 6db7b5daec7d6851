//! Tells what the processor has been told.
use core::arch::asm;

/// Does it, if `name` is this.
#[expect(unsafe_code, reason = "there is no other way to ask")]
pub fn commit(name: &str) {
    if name != "tell control register 4" {
        return;
    }
    let register: u64;
    // SAFETY: reading it has no effect.
    unsafe { asm!("mov {}, cr4", out(reg) register, options(nomem, nostack, preserves_flags)) };
    panic!("control register 4 is {register:#x}")
}
