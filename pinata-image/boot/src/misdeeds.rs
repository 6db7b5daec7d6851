//! In the image of the guest's own tests alone: what it is asked to do wrong, and page tables that are spoilt before
//! they are used.
use core::hint::black_box;
use core::ops::Range;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::layout::{self, Layout, PAGE};
use crate::paging::{self, ADDRESS, NO_EXECUTE, PRESENT, Roots, WRITABLE};

const SLOT_BYTES: usize = 64;
const LABEL: &str = "pinata misdeed: ";

/// Whoever boots the image writes the misdeed's name behind the label first, into the image's bytes. Zeros fill the rest.
#[used]
static SLOT: [u8; SLOT_BYTES] = *b"pinata misdeed: \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

static DMA_START: AtomicUsize = AtomicUsize::new(0);
static DMA_END: AtomicUsize = AtomicUsize::new(0);

/// The misdeed that is wanted; empty for none.
pub fn name() -> &'static str {
    // Not known to the compiler: it is changed after it.
    let slot: &'static [u8] = black_box(&SLOT);
    let text = str::from_utf8(&slot[LABEL.len()..]).unwrap_or("");
    text.trim_end_matches('\0')
}

/// The memory that devices may see.
pub fn device_memory() -> Range<usize> {
    DMA_START.load(Ordering::Relaxed)..DMA_END.load(Ordering::Relaxed)
}

/// Changes one page's rights, where that is the misdeed. The early map is still active.
pub(crate) fn spoil(layout: &Layout, roots: Roots) {
    DMA_START.store(layout.dma.start, Ordering::Relaxed);
    DMA_END.store(layout.dma.end, Ordering::Relaxed);
    match name() {
        "map code writable" => change(roots.main, layout::text().start, |entry| entry | WRITABLE),
        "map data executable" => change(roots.main, layout.heap.start, |entry| entry & !NO_EXECUTE),
        "map data as code" => change(roots.main, layout.heap.start, |entry| entry & !NO_EXECUTE & !WRITABLE),
        "map constants writable" => change(roots.main, layout::rodata().start, |entry| entry | WRITABLE),
        "map tables writable" => change(roots.main, layout.tables.start, |entry| entry | WRITABLE),
        "map null" => change(roots.main, 0, |_| PRESENT | NO_EXECUTE),
        "map a stack's guard" => change(roots.main, layout::stack_guards()[0], own),
        "map the devices' guard" => change(roots.main, layout.dma.end, own),
        "map the heap twice" => change(roots.main, layout.heap_memory.start, own),
        "map the vault" => change(roots.main, layout::vault().start, own),
        "map a page elsewhere" => change(roots.main, layout.heap.start, |entry| entry + PAGE as u64),
        "map otherwise under the vault's root" => {
            change(roots.vault, layout::vault().start - PAGE, |entry| entry & !WRITABLE);
        }
        "map less under the vault's root" => change(roots.vault, layout::vault().start - PAGE, |_| 0),
        _ => {}
    }
}

/// A page of data.
fn own(entry: u64) -> u64 {
    entry | PRESENT | WRITABLE | NO_EXECUTE
}

fn change(root: u64, page: usize, new: impl FnOnce(u64) -> u64) {
    let table = [3, 2, 1].iter().fold(root, |table, &level| paging::read(table, page, level) & ADDRESS);
    let entry = paging::entry_of(table as usize, page, 0);
    let old = paging::read(table, page, 0);
    let identity = if old == 0 { page as u64 } else { 0 };
    // SAFETY: nothing but the early map is in use, under which the tables are writable; what comes of it is wanted.
    unsafe { entry.write(new(old | identity)) };
}
