//! The pvpanic device: tells the hypervisor that the guest is dead. QEMU `docs/specs/pvpanic.rst`.
use crate::cpu::out_byte;

const PORT: u16 = 0x505;
const PANICKED: u8 = 1;

/// QEMU reports `GUEST_PANICKED` on its monitor.
pub fn signal() {
    out_byte(PORT, PANICKED);
}
