//! Processor protections that cost nothing. There is no user mode to be protected from: they are set because they
//! exist, and are no defence that anything here relies on.
use core::arch::asm;
use core::arch::x86_64::{__cpuid, __cpuid_count};

const LEAF_HIGHEST: u32 = 0;
const LEAF_EXTENDED: u32 = 7;
/// CPUID leaf 7 bits and the CR4 bits that they allow (Intel SDM vol. 2A CPUID, vol. 3A §2.5).
const SMEP: (u32, u64) = (1 << 7, 1 << 20);
const SMAP: (u32, u64) = (1 << 20, 1 << 21);
const UMIP: (u32, u64) = (1 << 2, 1 << 11);

/// Sets SMEP, SMAP and UMIP where the processor has them.
pub fn enable() {
    if __cpuid(LEAF_HIGHEST).eax < LEAF_EXTENDED {
        return;
    }
    let leaf = __cpuid_count(LEAF_EXTENDED, 0);
    let wanted = [(leaf.ebx, SMEP), (leaf.ebx, SMAP), (leaf.ecx, UMIP)]
        .iter()
        .filter(|(features, (present, _))| features & present != 0)
        .fold(0, |bits, (_, (_, bit))| bits | bit);
    // SAFETY: the processor has what is set, no page is a user page, and no user-mode instruction exists that UMIP
    // would refuse.
    unsafe {
        let mut cr4: u64;
        asm!("mov {}, cr4", out(reg) cr4, options(nomem, nostack, preserves_flags));
        cr4 |= wanted;
        asm!("mov cr4, {}", in(reg) cr4, options(nomem, nostack, preserves_flags));
    }
}
