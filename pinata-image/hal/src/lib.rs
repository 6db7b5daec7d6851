//! The guest's hardware, each device behind a safe interface.
//!
//! ```text
//! Nic ─┐            frames in and out
//! Port ┼─ Ring ─ virtio-drivers' VirtQueue ─ DmaBuffer      one region, the only memory a device may see
//! Entropy ┘
//! Clock ─ TSC, calibrated against the local APIC's timer      Idle ─ `sti; hlt` until an interrupt
//! ```
//!
//! Interrupts are enabled only while the processor halts: no handler ever runs beside other code. What a device says
//! (tokens, lengths) is checked against what it was given; a device that lies ends the guest.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod apic;
pub mod clock;
pub mod cpu;
pub mod dma;
pub mod entropy_source;
mod features;
pub mod idle;
pub mod last_words;
pub mod mmio;
pub mod nic;
pub mod port;
pub mod port_control;
pub mod pvpanic;
mod ring;

#[cfg(test)]
mod fake_device;
