//! Single instructions.
use core::arch::asm;
use core::arch::x86_64::{__cpuid, _rdtsc};

/// Intel recommends ten tries (SDM vol. 1 §7.3.17.1); more of them fail only on a broken generator.
const RANDOM_TRIES: usize = 10;
const CPUID_FEATURES: u32 = 1;
const CPUID_RDRAND: u32 = 1 << 30;

/// The time-stamp counter. Not monotonic to the cycle: subtract saturating.
#[inline]
pub fn time_stamp() -> u64 {
    // SAFETY: every x86-64 has it, and nothing here sets CR4.TSD.
    unsafe { _rdtsc() }
}

/// 64 bits of the processor's own generator, if it has one that works.
pub fn random() -> Option<u64> {
    if __cpuid(CPUID_FEATURES).ecx & CPUID_RDRAND == 0 {
        return None;
    }
    (0..RANDOM_TRIES).find_map(|_| {
        let value: u64;
        let good: u8;
        // SAFETY: CPUID says the instruction exists.
        unsafe { asm!("rdrand {}", "setc {}", out(reg) value, out(reg_byte) good, options(nomem, nostack)) };
        (good == 1).then_some(value)
    })
}

pub(crate) fn out_byte(port: u16, value: u8) {
    // SAFETY: only the modules of this crate call it, with ports of the devices they stand for.
    unsafe { asm!("out dx, al", in("dx") port, in("al") value, options(nomem, nostack, preserves_flags)) }
}

pub(crate) fn in_byte(port: u16) -> u8 {
    let value: u8;
    // SAFETY: as above.
    unsafe { asm!("in al, dx", in("dx") port, out("al") value, options(nomem, nostack, preserves_flags)) };
    value
}

/// Halts with interrupts enabled until one comes, then disables them again. `sti` takes effect after the next
/// instruction, so an interrupt that came earlier and waits ends the halt at once: none is missed.
pub(crate) fn halt_until_interrupt() {
    // SAFETY: interrupt gates for every routed vector are installed at boot, and their handlers change no memory of
    // ours.
    unsafe { asm!("sti", "hlt", "cli", options(nostack)) }
}

/// Returns from an interrupt that never came. Each such return leaves the null stack segment with attributes of its own, and an
/// emulator files translated code under them too: without this, all that ran before the first interrupt would be translated a
/// second time after it.
pub fn return_from_nothing() {
    // SAFETY: it goes on behind itself with the same segments, flags and stack pointer; in ring 0 a null stack segment is valid.
    unsafe {
        asm!(
            "mov {stack}, rsp",
            "mov {code:e}, cs",
            "lea {next}, [rip + 2f]",
            "push 0",
            "push {stack}",
            "pushfq",
            "push {code}",
            "push {next}",
            "iretq",
            "2:",
            stack = out(reg) _,
            code = out(reg) _,
            next = out(reg) _,
        );
    }
}

/// Ends the machine: without a usable interrupt table any exception becomes a triple fault, which QEMU reports as
/// `SHUTDOWN` by `guest-reset`. A microvm without ACPI has no other switch.
pub fn end() -> ! {
    const NO_TABLE: [u16; 5] = [0; 5];
    // SAFETY: nothing of ours runs after this.
    unsafe { asm!("lidt [{}]", "ud2", in(reg) &NO_TABLE, options(noreturn)) }
}

/// Stops for ever.
pub fn stop() -> ! {
    loop {
        // SAFETY: with interrupts off nothing but the hypervisor ends a halt.
        unsafe { asm!("cli", "hlt", options(nomem, nostack)) }
    }
}
