//! The image: wires devices, network and service together and keeps them going.
//!
//! ```text
//!   Port ── channel ──┐
//!                     ├── Service        (all decisions; no hardware in it)
//!   Nic ── Pool ──────┘
//! ```
//!
//! One thread, one loop, no interrupts but to end a halt. Nothing listens before the supervisor has provisioned the
//! guest.
#![cfg_attr(pinata_image, no_std, no_main)]
#![deny(unsafe_code)]

extern crate alloc;

mod channel;
mod guest;
mod kernel;
#[cfg(feature = "misdeeds")]
mod misdeeds;
mod secret_pages;
mod wire;

use pinata_boot::Machine;

#[expect(unsafe_code, reason = "the one name by which the boot crate finds this crate")]
#[unsafe(no_mangle)]
fn pinata_main(machine: Machine) -> ! {
    kernel::Kernel::new(machine).run()
}

/// On the host the parts are only checked. `build.sh` makes the image.
#[cfg(not(pinata_image))]
fn main() {}
