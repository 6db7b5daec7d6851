//! The page tables read back, as the processor reads them, before anything runs on them. It asks for properties and
//! knows nothing of how [`crate::paging`] builds: a mistake there ends the guest here.
use core::arch::asm;

use crate::layout::{self, Layout, PAGE};
use crate::paging::{self, ADDRESS, NO_EXECUTE, PRESENT, Roots, WRITABLE};

const USER: u64 = 1 << 2;
/// Set by the processor as it goes.
const ACCESSED_DIRTY: u64 = 1 << 5 | 1 << 6;
/// In a directory: a large page instead of a table.
const LARGE: u64 = 1 << 7;
const WRITE_PROTECT: u64 = 1 << 16;
const EFER: u32 = 0xc000_0080;
const EFER_NO_EXECUTE: u64 = 1 << 11;

/// Panics unless both sets of tables keep the image's memory apart as the crate's documentation says, and the processor
/// heeds them. `roots.main` is active.
pub fn check(layout: &Layout, roots: Roots) {
    let (root, write_protect, no_execute) = processor();
    assert!(root == roots.main && write_protect && no_execute, "page tables are not heeded");

    let ordinary = pages(layout, roots.main, 3, 0, &mut |page, entry| {
        assert!(!layout::vault().contains(&page), "page tables: the vault at {page:#x} is present");
        check_page(layout, page, entry);
    });
    let with_vault = pages(layout, roots.vault, 3, 0, &mut |page, entry| {
        check_page(layout, page, entry);
        let same = || paging::leaf(roots.main, page).is_some_and(|main| (main ^ entry) & !ACCESSED_DIRTY == 0);
        assert!(layout::vault().contains(&page) || same(), "page tables: the roots differ at {page:#x}");
    });
    assert!(with_vault == ordinary + layout::VAULT_BYTES / PAGE, "page tables: the vault's root lacks pages");
}

fn check_page(layout: &Layout, page: usize, entry: u64) {
    let (writable, executable) = (entry & WRITABLE != 0, entry & NO_EXECUTE == 0);
    assert!(!(writable && executable), "page tables: {page:#x} is writable and executable");
    assert!(
        entry & ADDRESS == layout.physical(page) as u64 && entry & USER == 0,
        "page tables: {page:#x} is {entry:#x}"
    );
    assert!(executable == layout::text().contains(&page), "page tables: code at {page:#x}");
    let constant = layout::rodata().contains(&page) || layout.tables.contains(&page);
    assert!(!(writable && constant), "page tables: {page:#x} is writable");
    let guards = [layout.tables.end, layout.dma.end, layout.heap.start - PAGE, layout.heap.end];
    let absent = page < layout::text().start
        || guards.contains(&page)
        || layout::stack_guards().contains(&page)
        || layout.heap_memory.contains(&page);
    assert!(!absent, "page tables: {page:#x} is present");
}

/// Shows each present page of `table` (at `level`, for addresses from `start` on) with its entry; gives their number.
fn pages(layout: &Layout, table: u64, level: usize, start: usize, show: &mut impl FnMut(usize, u64)) -> usize {
    assert!(layout.tables.contains(&(table as usize)), "page tables: a table at {table:#x}");
    let mut count = 0;
    for index in 0..PAGE / size_of::<u64>() {
        let address = start + (index << (12 + 9 * level));
        let entry = paging::read(table, address, level);
        if entry & PRESENT == 0 {
            continue;
        }
        if level == 0 {
            show(address, entry);
            count += 1;
        } else {
            assert!(entry & LARGE == 0, "page tables: a large page at {address:#x}");
            count += pages(layout, entry & ADDRESS, level - 1, address, show);
        }
    }
    count
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
