//! The page tables read back, as the processor reads them, before anything relies on them. It asks for properties and
//! knows nothing of how [`crate::paging`] builds: a mistake there ends the guest here.
use core::arch::asm;
use core::ops::Range;

use crate::layout::{self, Layout, PAGE};
use crate::paging::{self, ADDRESS, NO_EXECUTE, PRESENT, Roots, WRITABLE};
use crate::placement::Placed;

const USER: u64 = 1 << 2;
/// Set by the processor as it goes.
const ACCESSED_DIRTY: u64 = 1 << 5 | 1 << 6;
/// In a directory: a large page instead of a table.
const LARGE: u64 = 1 << 7;
const WRITE_PROTECT: u64 = 1 << 16;
const EFER: u32 = 0xc000_0080;
const EFER_NO_EXECUTE: u64 = 1 << 11;
const ENTRIES: usize = PAGE / size_of::<u64>();
const TOP: usize = 3;

/// Panics unless both sets of tables keep the image's memory apart as the crate's documentation says, and the processor
/// heeds them. `roots.main` is active.
pub fn check(layout: &Layout, roots: Roots) {
    let (root, write_protect, no_execute) = processor();
    assert!(root == roots.main && write_protect && no_execute, "page tables are not heeded");

    let audit = Audit { layout, fixed: layout.fixed() };
    audit.check_guards(roots);
    audit.check_table(roots.main, TOP, 0);
    let found = audit.check_difference((roots.vault, Some(roots.main)), TOP, 0);
    assert!(found == layout::VAULT_BYTES / PAGE, "page tables: the vault's root lacks pages");
}

struct Audit<'a> {
    layout: &'a Layout,
    fixed: [Range<usize>; 5],
}

impl Audit<'_> {
    fn check_guards(&self, roots: Roots) {
        let placed = self.layout.places.all().into_iter().flat_map(Placed::guards);
        for page in [self.layout.tables.end, self.layout.dma.end].into_iter().chain(placed) {
            let present = [roots.main, roots.vault].iter().any(|&root| paging::leaf(root, page).is_some());
            assert!(!present, "page tables: {page:#x} is present");
        }
    }

    /// All that `table` of the ordinary tables maps, for addresses from `start` on.
    fn check_table(&self, table: u64, level: usize, start: usize) {
        self.check_place(table);
        for index in 0..ENTRIES {
            let address = address(start, index, level);
            let entry = paging::read(table, address, level);
            if entry & PRESENT == 0 {
                continue;
            }
            if level > 0 {
                self.check_table(next(entry, address), level - 1, address);
            } else {
                assert!(!self.vault().contains(&address), "page tables: the vault at {address:#x} is present");
                self.check_page(address, entry);
            }
        }
    }

    /// What the vault's `tables` map and the ordinary ones, if there are any here, do not: the vault's pages and nothing
    /// else. Gives their number.
    fn check_difference(&self, tables: (u64, Option<u64>), level: usize, start: usize) -> usize {
        let (table, ordinary) = tables;
        self.check_place(table);
        let mut found = 0;
        for index in 0..ENTRIES {
            let address = address(start, index, level);
            let entry = paging::read(table, address, level);
            let other = ordinary.map_or(0, |ordinary| paging::read(ordinary, address, level));
            if (entry ^ other) & !ACCESSED_DIRTY == 0 {
                continue;
            }
            assert!(entry & PRESENT != 0, "page tables: the vault's root lacks {address:#x}");
            if level > 0 {
                let ordinary = (other & PRESENT != 0).then_some(other & ADDRESS);
                found += self.check_difference((next(entry, address), ordinary), level - 1, address);
            } else {
                assert!(self.vault().contains(&address), "page tables: the roots differ at {address:#x}");
                self.check_page(address, entry);
                found += 1;
            }
        }
        found
    }

    fn check_page(&self, page: usize, entry: u64) {
        let placed = self.layout.places.all().into_iter().find_map(|placed| placed.physical(page));
        let fixed = || self.fixed.iter().any(|range| range.contains(&page)).then_some(page);
        let Some(physical) = placed.or_else(fixed) else { panic!("page tables: {page:#x} is present") };

        let (writable, executable) = (entry & WRITABLE != 0, entry & NO_EXECUTE == 0);
        assert!(!(writable && executable), "page tables: {page:#x} is writable and executable");
        assert!(entry & ADDRESS == physical as u64 && entry & USER == 0, "page tables: {page:#x} is {entry:#x}");
        assert!(executable == layout::text().contains(&page), "page tables: code at {page:#x}");
        let constant = layout::rodata().contains(&page) || self.layout.tables.contains(&page);
        assert!(!(writable && constant), "page tables: {page:#x} is writable");
    }

    /// Tables lie where they cannot be written.
    fn check_place(&self, table: u64) {
        assert!(self.layout.tables.contains(&(table as usize)), "page tables: a table at {table:#x}");
    }

    fn vault(&self) -> &Range<usize> {
        &self.layout.places.vault.at
    }
}

/// Where what entry `index` of a table at `level` maps begins.
fn address(start: usize, index: usize, level: usize) -> usize {
    start + (index << (12 + 9 * level))
}

/// The table of the next level. Rights are given at the lowest alone.
fn next(entry: u64, address: usize) -> u64 {
    assert!(entry & LARGE == 0, "page tables: a large page at {address:#x}");
    assert!(entry & !(ADDRESS | ACCESSED_DIRTY) == PRESENT | WRITABLE, "page tables: rights at {address:#x}");
    entry & ADDRESS
}

/// The root in use, and whether read-only and not-executable mean anything (CR0.WP, EFER.NXE).
fn processor() -> (u64, bool, bool) {
    let (root, control, low, high): (u64, u64, u32, u32);
    // SAFETY: reads alone, in ring 0; EFER exists in long mode.
    unsafe {
        asm!("mov {}, cr3", out(reg) root, options(nomem, nostack, preserves_flags));
        asm!("mov {}, cr0", out(reg) control, options(nomem, nostack, preserves_flags));
        asm!("rdmsr", in("ecx") EFER, out("eax") low, out("edx") high, options(nomem, nostack, preserves_flags));
    }
    let extended = u64::from(high) << 32 | u64::from(low);
    (root & ADDRESS, control & WRITE_PROTECT != 0, extended & EFER_NO_EXECUTE != 0)
}
