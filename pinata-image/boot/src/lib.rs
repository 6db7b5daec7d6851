//! From the hypervisor's entry point to Rust.
//!
//! ```text
//! pvh_start (entry.s)  32-bit → long mode on a coarse identity map, SSE/AVX on
//!   boot_main          exceptions, memory map, draws addresses, builds the real page tables, moves the image
//!     main             where everything has its place: reads the tables back, heap, devices
//!       pinata_main    the image's own main, with a `Machine` in its hand; interrupts stay off
//! ```
//!
//! 4 KiB pages, none both writable and executable, everything not listed absent. Memory from 1 MiB up; what is in parentheses is
//! not mapped here:
//!
//! ```text
//! (text │ rodata │ data, bss) │ (stacks, vault) │ page tables R │ guard │ DMA RW │ (heap)
//! ```
//!
//! Each of these at an address that is drawn at each boot, an absent page on both sides (`placement`): the image, text RX, rodata
//! R, data RW; the heap, the main stack, that of faults, that of interrupts, RW; the vault, absent. The image moves because it is
//! linked as a position-independent program (`relocation`).
//!
//! The page tables are not written once they are in use, and cannot be: they map themselves read-only; all this is read
//! back from them before it is relied upon (`audit`). The vault's pages are present only in a second root, to which
//! [`VaultPage::with`] switches for the length of one call.
#![no_std]

mod audit;
mod death;
mod exceptions;
mod heap;
mod layout;
#[cfg(feature = "misdeeds")]
pub mod misdeeds;
mod paging;
mod placement;
mod protections;
mod relocation;
mod start_info;
mod vault_page;

use core::arch::{asm, global_asm};
use core::cell::Cell;

use critical_section::{Mutex, RawRestoreState};
use exceptions::Stacks;
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

/// What is known before the real page tables are in use. The stack does not last; this does.
struct Start {
    entry_tsc: u64,
    layout: layout::Layout,
    roots: paging::Roots,
}

static START: Mutex<Cell<Option<Start>>> = Mutex::new(Cell::new(None));

/// Called by `entry.s` with the address of the PVH start information, on the coarse map.
#[unsafe(no_mangle)]
extern "C" fn boot_main(start_info: usize) -> ! {
    let entry_tsc = pinata_hal::cpu::time_stamp();
    let [_, faults, interrupts] = layout::stacks();
    exceptions::install(Stacks { faults: faults.end, interrupts: interrupts.end });
    protections::enable();
    // SAFETY: the loader put the structure there (PVH ABI), and the coarse map covers it.
    let memory_top = unsafe { start_info::memory_top(start_info) };
    let layout = layout::Layout::new(memory_top);
    // SAFETY: the layout's ranges are disjoint, inside RAM and used by nothing else; the coarse identity map is active.
    let roots = unsafe { paging::build(&layout) };
    #[cfg(feature = "misdeeds")]
    misdeeds::spoil(&layout, roots);
    let (slide, stack) = (layout.places.image.distance(), layout.places.main_stack.at.end);
    critical_section::with(|section| START.borrow(section).set(Some(Start { entry_tsc, layout, roots })));
    // SAFETY: the tables are complete, and the coarse map is active; under it the image runs where it is linked, is writable, and
    // is soon mapped at its place too. What is needed afterwards is in `START`, which holds no address of the image.
    unsafe {
        paging::widen_coarse_map(roots.main);
        relocation::apply(slide);
        enter(slide, roots.main, stack)
    }
}

/// Goes on with [`main`], `slide` bytes further on, under `root`, with nothing on the stack.
///
/// # Safety
/// The active tables and those of `root` map the image there, and those of `root` the stack.
unsafe fn enter(slide: usize, root: u64, stack: usize) -> ! {
    // SAFETY: the caller's promise. The call leaves the stack aligned as the C ABI wants it.
    unsafe {
        asm!(
            "lea rax, [rip + 2f]", "add rax, rdi", "jmp rax",
            "2:", "mov cr3, rsi", "mov rsp, rdx", "xor ebp, ebp", "call {main}", "ud2",
            in("rdi") slide, in("rsi") root, in("rdx") stack, main = sym main, options(noreturn)
        )
    }
}

/// The rest, where everything has its place.
extern "C" fn main() -> ! {
    let start = critical_section::with(|section| START.borrow(section).take());
    let Start { entry_tsc, layout, roots } = start.expect("set by boot_main");
    let (faults, interrupts) = (layout.places.fault_stack.at.end, layout.places.interrupt_stack.at.end);
    exceptions::install(Stacks { faults, interrupts });
    audit::check(&layout, roots);
    // SAFETY: the range is mapped, writable and handed to nobody else; once.
    unsafe { heap::give(layout.places.heap.at.clone()) };
    // SAFETY: as above; once.
    unsafe { pinata_hal::dma::give(layout.dma.clone()) };
    // SAFETY: both roots are complete and differ in the vault's pages alone.
    let vault = unsafe { VaultPage::new(roots, &layout.places.vault.at) };
    // SAFETY: the device regions are mapped, the gates are installed, and this is the one call of each.
    let (devices, interrupts) = unsafe { (mmio::probe(), Interrupts::start(mmio::LINES)) };
    // SAFETY: the image defines it with this signature.
    unsafe { pinata_main(Machine { entry_tsc, devices, interrupts, vault }) }
}
