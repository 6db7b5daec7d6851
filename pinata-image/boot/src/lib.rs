//! From the hypervisor's entry point to Rust.
//!
//! ```text
//! pvh_start (entry.s)  32-bit → long mode on a coarse identity map, SSE/AVX on
//!   boot_main          reads the memory map, lays memory out, builds the real page tables, exceptions, heap
//!     pinata_main      the image's own main, with a `Machine` in its hand; interrupts stay off
//! ```
//!
//! Memory from 1 MiB up, identity-mapped by 4 KiB pages (the heap at an address that is drawn at each boot), no page both
//! writable and executable, everything not listed absent:
//!
//! ```text
//! text RX │ rodata R │ data, bss, stacks RW (guard page below each stack) │ vault (absent) │ page tables R │ guard │ DMA RW │
//! guard │ heap RW │ guard
//! ```
//!
//! The page tables are not written once they are in use, and cannot be: they map themselves read-only; all this is read
//! back from them before it is relied upon (`audit`). The vault's
//! pages are present only in a second root, to which [`VaultPage::with`] switches for the length of one call.
#![no_std]

mod audit;
mod death;
mod exceptions;
mod heap;
mod layout;
#[cfg(feature = "misdeeds")]
pub mod misdeeds;
mod paging;
mod protections;
mod start_info;
mod vault_page;

use core::arch::global_asm;

use critical_section::RawRestoreState;
use pinata_hal::apic::Interrupts;
use pinata_hal::mmio::{self, Devices};

pub use death::{Death, die, on_death};
pub use vault_page::{VAULT_BYTES, VaultPage};

global_asm!(include_str!("entry.s"), options(raw));
global_asm!(include_str!("memory.s"), include_str!("memory_names.s"), options(raw));
global_asm!(include_str!("vectors.s"), options(raw));

/// What the boot path hands to the image's main.
pub struct Machine {
    /// Time-stamp counter at the entry of Rust code: the zero of the guest's clock.
    pub entry_tsc: u64,
    /// The virtio devices.
    pub devices: Devices,
    /// The interrupt controllers, with the devices' lines routed.
    pub interrupts: Interrupts,
    /// The secret's pages.
    pub vault: VaultPage,
}

unsafe extern "Rust" {
    /// Defined by the image crate.
    fn pinata_main(machine: Machine) -> !;
}

struct OneCore;
critical_section::set_impl!(OneCore);
// SAFETY: there is one core, and interrupts are off whenever Rust code runs (they are on only during `hlt`, and their
// handler is assembly that touches no memory of ours), so every section is already critical.
unsafe impl critical_section::Impl for OneCore {
    unsafe fn acquire() -> RawRestoreState {
        RawRestoreState::default()
    }
    unsafe fn release(_: RawRestoreState) {}
}

/// Called by `entry.s` with the address of the PVH start information.
#[unsafe(no_mangle)]
extern "C" fn boot_main(start_info: usize) -> ! {
    let entry_tsc = pinata_hal::cpu::time_stamp();
    exceptions::install();
    protections::enable();
    // SAFETY: the loader put the structure there (PVH ABI), and the early map covers it.
    let memory_top = unsafe { start_info::memory_top(start_info) };
    let layout = layout::Layout::new(memory_top);
    // SAFETY: the layout's ranges are disjoint, inside RAM and used by nothing else; the early identity map is active.
    let roots = unsafe { paging::build(&layout) };
    #[cfg(feature = "misdeeds")]
    misdeeds::spoil(&layout, roots);
    // SAFETY: the new tables map all that is running (text, data, the current stack) at the same addresses.
    unsafe { paging::activate(roots.main) };
    audit::check(&layout, roots);
    // SAFETY: the range is mapped, writable and handed to nobody else; once.
    unsafe { heap::give(layout.heap.clone()) };
    // SAFETY: as above; once.
    unsafe { pinata_hal::dma::give(layout.dma.clone()) };
    // SAFETY: both roots are complete and differ in the vault's pages alone.
    let vault = unsafe { VaultPage::new(roots) };
    // SAFETY: the device regions are mapped, the gates are installed, and this is the one call of each.
    let (devices, interrupts) = unsafe { (mmio::probe(), Interrupts::start(mmio::LINES)) };
    // SAFETY: the image defines it with this signature.
    unsafe { pinata_main(Machine { entry_tsc, devices, interrupts, vault }) }
}
