//! The page tables: 4 KiB pages, identity-mapped but for the heap, never writable and executable at once. Intel SDM vol. 3A §4.5.
use core::arch::asm;
use core::ops::Range;

use crate::layout::{self, Layout, PAGE};
use pinata_hal::{apic, mmio};

pub const PRESENT: u64 = 1;
pub const WRITABLE: u64 = 1 << 1;
const WRITE_THROUGH: u64 = 1 << 3;
const CACHE_DISABLE: u64 = 1 << 4;
pub const NO_EXECUTE: u64 = 1 << 63;
pub const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

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
    let mut tables = Tables { free: layout.tables.clone(), layout };
    let main = tables.allocate();

    tables.map(main, layout::text(), CODE);
    tables.map(main, layout::rodata(), CONSTANT);
    let (guards, vault) = (layout::stack_guards(), layout::vault());
    for page in layout::data().step_by(PAGE) {
        if !guards.contains(&page) && !vault.contains(&page) {
            tables.map(main, page..page + PAGE, DATA);
        }
    }
    tables.map(main, layout.tables.clone(), CONSTANT);
    tables.map(main, layout.dma.clone(), DATA);
    tables.map(main, layout.heap.clone(), DATA);
    tables.map(main, mmio::REGION, DEVICE);
    tables.map(main, apic::IO_APIC_REGION, DEVICE);
    tables.map(main, apic::LOCAL_APIC_REGION, DEVICE);

    let with_vault = tables.copy_with(main, vault, DATA);
    Roots { main: main as u64, vault: with_vault as u64 }
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

struct Tables<'a> {
    free: Range<usize>,
    layout: &'a Layout,
}

impl Tables<'_> {
    fn allocate(&mut self) -> usize {
        let table = self.free.start;
        assert!(table + PAGE <= self.free.end, "out of page tables");
        self.free.start += PAGE;
        // SAFETY: a page of the range that belongs to the tables, mapped by the early map.
        unsafe { core::ptr::write_bytes(table as *mut u8, 0, PAGE) };
        table
    }

    fn map(&mut self, root: usize, range: Range<usize>, flags: u64) {
        for page in range.step_by(PAGE) {
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
            unsafe { entry_of(table, page, 0).write(self.layout.physical(page) as u64 | flags) };
        }
    }

    /// A root that shares all tables with `root` but the four on the way to `range` (which lies under one of the lowest
    /// level), and maps that.
    fn copy_with(&mut self, root: usize, range: Range<usize>, flags: u64) -> usize {
        let copy = self.copy(root);
        let mut table = copy;
        for level in [3, 2, 1] {
            let entry = entry_of(table, range.start, level);
            // SAFETY: a table of ours; the path exists because the neighbours of the range are mapped.
            let shared = unsafe { entry.read() };
            assert!(shared & PRESENT != 0, "no path to the vault");
            let own = self.copy((shared & ADDRESS) as usize);
            // SAFETY: a fresh table of ours.
            unsafe { entry.write(own as u64 | (shared & !ADDRESS)) };
            table = own;
        }
        for page in range.step_by(PAGE) {
            // SAFETY: as above.
            unsafe { entry_of(table, page, 0).write(page as u64 | flags) };
        }
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
