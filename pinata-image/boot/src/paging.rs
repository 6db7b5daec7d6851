//! The page tables: 4 KiB pages, identity-mapped but for what is placed, never writable and executable at once. Intel SDM
//! vol. 3A §4.5.
use core::arch::asm;
use core::ops::Range;

use crate::layout::{self, Layout, PAGE};
use crate::placement::{PLACED, Placed};
use pinata_hal::{apic, mmio};

pub const PRESENT: u64 = 1;
pub const WRITABLE: u64 = 1 << 1;
const WRITE_THROUGH: u64 = 1 << 3;
const CACHE_DISABLE: u64 = 1 << 4;
pub const NO_EXECUTE: u64 = 1 << 63;
pub const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

/// What an entry of the top-level table stands for: 2^39 bytes.
const TOP_SHIFT: usize = 39;

const CODE: u64 = PRESENT;
const CONSTANT: u64 = PRESENT | NO_EXECUTE;
const DATA: u64 = PRESENT | WRITABLE | NO_EXECUTE;
const DEVICE: u64 = DATA | CACHE_DISABLE | WRITE_THROUGH;

/// Physical addresses of the two top-level tables. They agree in everything but the vault's pages.
#[derive(Clone, Copy)]
pub struct Roots {
    pub main: u64,
    pub vault: u64,
}

/// Builds both sets of tables inside `layout.tables`.
///
/// # Safety
/// The ranges of `layout` are unused RAM, and an identity map that covers them is active.
pub unsafe fn build(layout: &Layout) -> Roots {
    let mut tables = Tables { free: layout.tables.clone() };
    let main = tables.allocate();

    tables.map(main, layout.tables.clone(), CONSTANT);
    tables.map(main, layout.dma.clone(), DATA);
    tables.map(main, mmio::REGION, DEVICE);
    tables.map(main, apic::IO_APIC_REGION, DEVICE);
    tables.map(main, apic::LOCAL_APIC_REGION, DEVICE);
    let places = &layout.places;
    for (part, flags) in [(layout::text(), CODE), (layout::rodata(), CONSTANT), (layout::data(), DATA)] {
        tables.map_placed(main, &places.image.part(part), flags);
    }
    for placed in [&places.heap, &places.main_stack, &places.fault_stack, &places.interrupt_stack] {
        tables.map_placed(main, placed, DATA);
    }

    let with_vault = tables.copy_with(main, &places.vault, DATA);
    Roots { main: main as u64, vault: with_vault as u64 }
}

/// Lets the coarse map lead to all that is placed, too: the way over.
///
/// # Safety
/// `root` is complete, and the coarse map is active.
pub unsafe fn widen_coarse_map(root: u64) {
    let coarse: u64;
    // SAFETY: reading CR3 has no effect.
    unsafe { asm!("mov {}, cr3", out(reg) coarse, options(nomem, nostack, preserves_flags)) };
    for index in PLACED.start >> TOP_SHIFT..PLACED.end >> TOP_SHIFT {
        let entry = read(root, index << TOP_SHIFT, 3);
        // SAFETY: the coarse map's own top-level table, of which all but the first entry are unused.
        unsafe { entry_of(coarse as usize, index << TOP_SHIFT, 3).write(entry) };
    }
}

/// Loads CR3 and, with it, drops every cached translation (no page is global).
///
/// # Safety
/// `root` maps the running code, its data and its stack at their current addresses.
pub unsafe fn activate(root: u64) {
    // SAFETY: the caller's promise. Not `nomem`: what is readable changes here.
    unsafe { asm!("mov cr3, {}", in(reg) root, options(nostack, preserves_flags)) }
}

/// The entry for `address` in a table of ours at `level`.
pub fn read(table: u64, address: usize, level: usize) -> u64 {
    // SAFETY: our tables are mapped for ever, and `entry_of` stays inside one.
    unsafe { entry_of(table as usize, address, level).read() }
}

/// What maps `page` under `root`, if anything does.
pub fn leaf(root: u64, page: usize) -> Option<u64> {
    let mut table = root;
    for level in [3, 2, 1] {
        table = Some(read(table, page, level)).filter(|entry| entry & PRESENT != 0)? & ADDRESS;
    }
    Some(read(table, page, 0)).filter(|entry| entry & PRESENT != 0)
}

struct Tables {
    free: Range<usize>,
}

impl Tables {
    fn allocate(&mut self) -> usize {
        let table = self.free.start;
        assert!(table + PAGE <= self.free.end, "out of page tables");
        self.free.start += PAGE;
        // SAFETY: a page of the range that belongs to the tables, mapped by the early map.
        unsafe { core::ptr::write_bytes(table as *mut u8, 0, PAGE) };
        table
    }

    fn map(&mut self, root: usize, range: Range<usize>, flags: u64) {
        self.map_placed(root, &Placed { memory: range.clone(), at: range }, flags);
    }

    fn map_placed(&mut self, root: usize, Placed { memory, at }: &Placed, flags: u64) {
        for (page, physical) in at.clone().step_by(PAGE).zip(memory.clone().step_by(PAGE)) {
            let mut table = root;
            for level in [3, 2, 1] {
                let entry = entry_of(table, page, level);
                // SAFETY: `entry_of` points into a table that `allocate` returned.
                let value = unsafe { entry.read() };
                table = if value & PRESENT != 0 {
                    (value & ADDRESS) as usize
                } else {
                    let next = self.allocate();
                    // SAFETY: as above. Rights are given at the last level alone.
                    unsafe { entry.write(next as u64 | PRESENT | WRITABLE) };
                    next
                };
            }
            // SAFETY: as above.
            unsafe { entry_of(table, page, 0).write(physical as u64 | flags) };
        }
    }

    /// A root that shares all tables with `root` but those on the way to `placed` (which lies under one of the lowest
    /// level), and maps that.
    fn copy_with(&mut self, root: usize, placed: &Placed, flags: u64) -> usize {
        let copy = self.copy(root);
        let mut table = copy;
        for level in [3, 2, 1] {
            let entry = entry_of(table, placed.at.start, level);
            // SAFETY: a table of ours.
            let shared = unsafe { entry.read() };
            if shared & PRESENT == 0 {
                break;
            }
            let own = self.copy((shared & ADDRESS) as usize);
            // SAFETY: a fresh table of ours.
            unsafe { entry.write(own as u64 | (shared & !ADDRESS)) };
            table = own;
        }
        self.map_placed(copy, placed, flags);
        copy
    }

    fn copy(&mut self, table: usize) -> usize {
        let copy = self.allocate();
        // SAFETY: two different pages, both tables of ours.
        unsafe { core::ptr::copy_nonoverlapping(table as *const u8, copy as *mut u8, PAGE) };
        copy
    }
}

/// The entry for `address` in `table` at `level` (3 is the top, 0 maps pages): nine bits of the address select it.
pub fn entry_of(table: usize, address: usize, level: usize) -> *mut u64 {
    let index = (address >> (12 + 9 * level)) & 0x1ff;
    (table + index * size_of::<u64>()) as *mut u64
}
