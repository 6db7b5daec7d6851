//! Where a QEMU microvm puts its virtio devices (`hw/i386/microvm.c`, `include/hw/i386/microvm.h`).
use core::ops::Range;
use core::ptr::NonNull;

use virtio_drivers::transport::mmio::{MmioTransport, VirtIOHeader};
use virtio_drivers::transport::{DeviceType, Transport};

const BASE: usize = 0xfeb0_0000;
const SLOT_BYTES: usize = 0x200;
const SLOTS: usize = 8;
/// The interrupt line of slot 0; the others follow it.
const FIRST_LINE: u8 = 5;
/// The device registers, page-aligned.
pub const REGION: Range<usize> = BASE..BASE + SLOTS * SLOT_BYTES;
/// The interrupt lines of all slots.
pub const LINES: Range<u8> = FIRST_LINE..FIRST_LINE + SLOTS as u8;

/// A device's registers.
pub type Registers = MmioTransport<'static>;

/// The devices that the guest has. Each is there exactly once: anything else is not the machine that the guest was made
/// for.
pub struct Devices {
    pub network: Registers,
    pub entropy: Registers,
    pub serial: Registers,
}

/// Finds the devices. Panics when one is missing, doubled or unknown.
///
/// # Safety
/// [`REGION`] is mapped as device memory, and this is called once.
pub unsafe fn probe() -> Devices {
    let (mut network, mut entropy, mut serial) = (None, None, None);
    for slot in 0..SLOTS {
        let header = NonNull::new((BASE + slot * SLOT_BYTES) as *mut VirtIOHeader).expect("not null");
        // SAFETY: the caller's promise; each slot is taken once. An empty slot has device type 0, which is an error
        // here.
        let Ok(registers) = (unsafe { Registers::new(header, SLOT_BYTES) }) else { continue };
        let place = match registers.device_type() {
            DeviceType::Network => &mut network,
            DeviceType::EntropySource => &mut entropy,
            DeviceType::Console => &mut serial,
            other => panic!("a device that does not belong here: {other:?}"),
        };
        assert!(place.is_none(), "a device twice: {:?}", registers.device_type());
        *place = Some(registers);
    }
    Devices {
        network: network.expect("no virtio-net"),
        entropy: entropy.expect("no virtio-rng"),
        serial: serial.expect("no virtio-serial"),
    }
}
