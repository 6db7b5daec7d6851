//! In the image of the guest's own tests alone: what it is asked to do wrong, and page tables that are spoilt before
//! they are used.
use core::arch::asm;
use core::cell::RefCell;
use core::hint::black_box;
use core::ops::Range;
use core::sync::atomic::{AtomicUsize, Ordering};

use critical_section::Mutex;

use crate::exceptions::{self, Stacks};
use crate::layout::{self, Layout, PAGE, PAGE_TABLE_SPAN};
use crate::paging::{self, ADDRESS, NO_EXECUTE, PRESENT, Roots, WRITABLE};
use crate::placement::Places;

const SLOT_BYTES: usize = 128;
const LABEL: &str = "pinata misdeed: ";
static VISITS: AtomicUsize = AtomicUsize::new(0);
const USER: u64 = 1 << 2;

/// Whoever boots the image writes the misdeed's name behind the label first, into the image's bytes. Zeros fill the rest.
#[used]
static SLOT: [u8; SLOT_BYTES] = {
    let mut slot = [0; SLOT_BYTES];
    let (label, _) = slot.split_at_mut(LABEL.len());
    label.copy_from_slice(LABEL.as_bytes());
    slot
};

static LAYOUT: Mutex<RefCell<Option<Layout>>> = Mutex::new(RefCell::new(None));

/// The misdeed that is wanted; empty for none.
pub fn name() -> &'static str {
    // Not known to the compiler: it is changed after it.
    let slot: &'static [u8] = black_box(&SLOT);
    let text = str::from_utf8(&slot[LABEL.len()..]).unwrap_or("");
    text.trim_end_matches('\0')
}

/// The memory that devices may see.
pub fn device_memory() -> Range<usize> {
    layout().dma
}

/// Addresses of the image, the main stack, the one of faults, the one of interrupts, the heap and the vault.
pub fn placed() -> [Range<usize>; 6] {
    let places = layout().places;
    [places.image, places.main_stack, places.fault_stack, places.interrupt_stack, places.heap, places.vault]
        .map(|placed| placed.at)
}

/// All addresses that can be read but those of devices: constants and code, too.
pub fn readable() -> [Range<usize>; 9] {
    let [tables, dma, ..] = layout().fixed();
    let [_, main_stack, faults, interrupts, heap, _] = placed();
    [layout::text(), layout::rodata(), layout::data(), tables, dma, main_stack, faults, interrupts, heap]
}

/// Addresses at which the vault's memory would be, were it not placed.
pub fn vault_memory() -> Range<usize> {
    layout().places.vault.memory
}

/// From now on the processor finds no stack when there is a fault.
pub fn lose_the_fault_stack() {
    exceptions::install(Stacks { faults: 0, interrupts: 0 });
}

/// How often the vault's pages were mapped so far.
pub fn vault_visits() -> usize {
    VISITS.load(Ordering::Relaxed)
}

pub(crate) fn count_vault_visit() {
    VISITS.fetch_add(1, Ordering::Relaxed);
}

fn layout() -> Layout {
    critical_section::with(|section| LAYOUT.borrow_ref(section).clone()).expect("set before anything is asked for")
}

/// Changes one page's rights, where that is the misdeed. The coarse map is still active.
pub(crate) fn spoil(layout: &Layout, roots: Roots) {
    critical_section::with(|section| LAYOUT.replace(section, Some(layout.clone())));
    let places = &layout.places;
    let (heap, vault) = (places.heap.at.start, places.vault.at.start);
    let [code, constants] = [layout::text(), layout::rodata()].map(|part| places.image.part(part).at.start);
    match name() {
        "map code writable" => change(roots.main, code, |entry| entry | WRITABLE),
        "map data executable" => change(roots.main, heap, |entry| entry & !NO_EXECUTE),
        "map data as code" => change(roots.main, heap, |entry| entry & !NO_EXECUTE & !WRITABLE),
        "map constants writable" => change(roots.main, constants, |entry| entry | WRITABLE),
        "map tables writable" => change(roots.main, layout.tables.start, |entry| entry | WRITABLE),
        "map null" => change(roots.main, 0, |_| PRESENT | NO_EXECUTE),
        "map a page of the user's" => change(roots.main, heap, |entry| entry | USER),
        "map the devices' guard" => change(roots.main, layout.dma.end, own),
        "map below the stack" => change(roots.main, places.main_stack.guards()[0], own),
        "map above the stack" => change(roots.main, places.main_stack.guards()[1], own),
        "map below the stack of faults" => change(roots.main, places.fault_stack.guards()[0], own),
        "map above the stack of faults" => change(roots.main, places.fault_stack.guards()[1], own),
        "map below the vault" => change(roots.vault, places.vault.guards()[0], own),
        "map above the vault" => change(roots.vault, places.vault.guards()[1], own),
        "map below the image" => change(roots.main, places.image.guards()[0], own),
        "map above the image" => change(roots.main, places.image.guards()[1], own),
        "map the image twice" => change(roots.main, places.image.memory.start, |entry| entry | PRESENT),
        "map the heap twice" => change(roots.main, places.heap.memory.start, own),
        "map the stack twice" => change(roots.main, places.main_stack.memory.start, own),
        "map the stack of faults twice" => change(roots.main, places.fault_stack.memory.start, own),
        "map the vault's memory" => change(roots.main, places.vault.memory.start, own),
        "map the vault" => change_entry(roots.main, vault, 3, |_| paging::read(roots.vault, vault, 3)),
        "map a page elsewhere" => change(roots.main, heap, |entry| entry + PAGE as u64),
        "map otherwise under the vault's root" => change_entry(roots.vault, heap, 3, |entry| entry & !WRITABLE),
        "map less under the vault's root" => change_entry(roots.vault, heap, 3, |_| 0),
        "map more under the vault's root" => change(roots.vault, beyond_guard(places), own),
        "read a page of the user's" => read_user_page(layout),
        "run a page of the user's" => run_user_page(layout),
        _ => {}
    }
}

/// A page of data.
fn own(entry: u64) -> u64 {
    entry | PRESENT | WRITABLE | NO_EXECUTE
}

/// Changes the entry of the lowest level for `page`, and makes one where none is.
fn change(root: u64, page: usize, new: impl FnOnce(u64) -> u64) {
    // Tables that the real ones have left over.
    let mut spare = layout().tables.end;
    for level in [3, 2, 1] {
        change_entry(root, page, level, |entry| {
            if entry != 0 {
                return entry;
            }
            spare -= PAGE;
            // SAFETY: memory for tables that nothing uses, under a map that covers it.
            unsafe { (spare as *mut u8).write_bytes(0, PAGE) };
            spare as u64 | PRESENT | WRITABLE
        });
    }
    change_entry(root, page, 0, |old| new(if old == 0 { page as u64 } else { old }));
}

/// Changes the entry for `address` at `level` (3 is the top), to which those above must lead.
fn change_entry(root: u64, address: usize, level: usize, new: impl FnOnce(u64) -> u64) {
    let table = (level + 1..=3).rev().fold(root, |table, level| paging::read(table, address, level) & ADDRESS);
    assert!(table != 0, "misdeed: nothing leads to {address:#x}");
    let entry = paging::entry_of(table as usize, address, level);
    // SAFETY: nothing but the coarse map is in use, under which tables are writable; what comes of it is wanted.
    unsafe { entry.write(new(entry.read())) };
}

/// A page that is under the vault's own table, and neither of the vault nor its guard.
fn beyond_guard(places: &Places) -> usize {
    let [below, above] = places.vault.guards();
    if (above + PAGE).is_multiple_of(PAGE_TABLE_SPAN) { below - PAGE } else { above + PAGE }
}

/// Makes two megabytes, unused so far and with a `ret` in front, the user's under the coarse map.
fn user_page(layout: &Layout) -> usize {
    let address = (layout.places.heap.memory.end - PAGE_TABLE_SPAN) / PAGE_TABLE_SPAN * PAGE_TABLE_SPAN;
    // SAFETY: free memory, which the coarse map covers.
    unsafe { (address as *mut u8).write_volatile(0xc3) };
    let root: u64;
    // SAFETY: reading CR3 has no effect.
    unsafe { asm!("mov {}, cr3", out(reg) root, options(nomem, nostack, preserves_flags)) };
    for level in [3, 2, 1] {
        change_entry(root, address, level, |entry| entry | USER);
    }
    // SAFETY: the same map, and no cached translations of it.
    unsafe { paging::activate(root) };
    address
}

fn read_user_page(layout: &Layout) {
    // SAFETY: none; it must fault where the processor has SMAP.
    unsafe { black_box((user_page(layout) as *const u8).read_volatile()) };
}

fn run_user_page(layout: &Layout) {
    // SAFETY: none; it must fault where the processor has SMEP.
    let code: extern "C" fn() = unsafe { core::mem::transmute(user_page(layout)) };
    black_box(code)();
}
