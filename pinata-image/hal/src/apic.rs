//! Local APIC and I/O APIC: routing of device interrupts and a one-shot timer. Intel SDM vol. 3A §11; 82093AA
//! datasheet.
use core::ops::{Range, RangeInclusive};
use core::ptr::{read_volatile, write_volatile};

const LOCAL: usize = 0xfee0_0000;
const IO: usize = 0xfec0_0000;
pub const LOCAL_APIC_REGION: Range<usize> = LOCAL..LOCAL + 0x1000;
pub const IO_APIC_REGION: Range<usize> = IO..IO + 0x1000;

const TIMER_VECTOR: u8 = 0x20;
const DEVICE_VECTOR: u8 = 0x21;
/// Vectors that do nothing but end a halt.
pub const WAKE_VECTORS: RangeInclusive<u8> = TIMER_VECTOR..=DEVICE_VECTOR;
pub const SPURIOUS_VECTOR: u8 = 0xff;

const ID: usize = 0x20;
const SPURIOUS: usize = 0xf0;
const SOFTWARE_ENABLE: u32 = 1 << 8;
const TIMER: usize = 0x320;
const TIMER_INITIAL: usize = 0x380;
const TIMER_CURRENT: usize = 0x390;
const TIMER_DIVIDE: usize = 0x3e0;
const DIVIDE_BY_ONE: u32 = 0b1011;

const IO_SELECT: usize = IO;
const IO_WINDOW: usize = IO + 0x10;
/// Two registers for each line from here on; the low one's zeros mean fixed delivery, physical, active high, edge, not
/// masked.
const REDIRECTION: u32 = 0x10;

/// Nanoseconds per tick of the undivided timer: 1 in QEMU (`hw/intc/apic.c`) and in KVM (`APIC_BUS_CYCLE_NS`).
pub const TIMER_TICK_NS: u64 = 1;

/// The interrupt controllers, after [`Interrupts::start`].
pub struct Interrupts {
    _private: (),
}

impl Interrupts {
    /// Enables the local APIC and routes `lines` to it.
    ///
    /// # Safety
    /// Both regions are mapped as device memory, the interrupt table has gates for [`WAKE_VECTORS`] and
    /// [`SPURIOUS_VECTOR`], and this is called once.
    pub unsafe fn start(lines: Range<u8>) -> Interrupts {
        write(SPURIOUS, SOFTWARE_ENABLE | u32::from(SPURIOUS_VECTOR));
        write(TIMER_DIVIDE, DIVIDE_BY_ONE);
        write(TIMER, u32::from(TIMER_VECTOR));
        let destination = read(ID) & 0xff00_0000;
        for line in lines {
            let register = REDIRECTION + 2 * u32::from(line);
            write_io(register + 1, destination);
            write_io(register, u32::from(DEVICE_VECTOR));
        }
        Interrupts { _private: () }
    }

    /// Interrupts once after `ns` nanoseconds (at most 4.29 s; an earlier setting is replaced). Zero turns the timer
    /// off.
    pub fn set_timer(&mut self, ns: u64) {
        write(TIMER_INITIAL, u32::try_from(ns / TIMER_TICK_NS).unwrap_or(u32::MAX));
    }

    /// Ticks left on the timer.
    pub fn timer_left(&self) -> u32 {
        read(TIMER_CURRENT)
    }
}

fn read(register: usize) -> u32 {
    // SAFETY: a register of the local APIC; whoever made `Interrupts` promised the mapping.
    unsafe { read_volatile((LOCAL + register) as *const u32) }
}

fn write(register: usize, value: u32) {
    // SAFETY: as above.
    unsafe { write_volatile((LOCAL + register) as *mut u32, value) }
}

fn write_io(register: u32, value: u32) {
    // SAFETY: as above, of the I/O APIC: select, then write.
    unsafe {
        write_volatile(IO_SELECT as *mut u32, register);
        write_volatile(IO_WINDOW as *mut u32, value);
    }
}
