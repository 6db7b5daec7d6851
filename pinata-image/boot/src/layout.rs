//! Where things are in memory: the linker's symbols and what follows the image.
use core::ops::Range;

use pinata_hal::cpu::{random, time_stamp};

pub const PAGE: usize = 4096;
/// What `entry.s` reserves for the secret.
pub const VAULT_BYTES: usize = 2 * PAGE;
const PAGE_TABLE_SPAN: usize = 2 << 20;
/// Bytes of memory that devices may see: rings and packet buffers, nothing else.
const DMA_BYTES: usize = 704 << 10;
/// Roots, upper levels, the three device regions' tables and the vault's second chain, beside one table per 2 MiB; and
/// for the heap two tables of each upper level and one more of the lowest, because it may straddle their borders.
const FIXED_TABLES: usize = 17;
const LEAST_HEAP: usize = 4 << 20;
/// The heap is somewhere between 4 GiB, below which is everything else, and 2^46: far from the end of the lower half.
const HEAP_FROM: usize = 1 << 32;
const HEAP_TO: usize = 1 << 46;

unsafe extern "C" {
    static __text_start: u8;
    static __text_end: u8;
    static __rodata_start: u8;
    static __rodata_end: u8;
    static __data_start: u8;
    static __image_end: u8;
    static main_stack_guard: u8;
    static fault_stack_guard: u8;
    static interrupt_stack_guard: u8;
    static main_stack_top: u8;
    static fault_stack_top: u8;
    static interrupt_stack_top: u8;
    static vault_pages: u8;
}

macro_rules! address_of {
    ($symbol:ident) => {
        &raw const $symbol as usize
    };
}

pub fn text() -> Range<usize> {
    address_of!(__text_start)..address_of!(__text_end)
}

pub fn rodata() -> Range<usize> {
    address_of!(__rodata_start)..address_of!(__rodata_end)
}

/// Data, bss and stacks, with the guard pages and the vault still inside.
pub fn data() -> Range<usize> {
    address_of!(__data_start)..address_of!(__image_end)
}

pub fn stack_guards() -> [usize; 3] {
    [address_of!(main_stack_guard), address_of!(fault_stack_guard), address_of!(interrupt_stack_guard)]
}

/// The secret's pages, all under one table of the lowest level.
pub fn vault() -> Range<usize> {
    let start = address_of!(vault_pages);
    start..start + VAULT_BYTES
}

pub fn main_stack_top_address() -> usize {
    address_of!(main_stack_top)
}

pub fn fault_stack_top_address() -> usize {
    address_of!(fault_stack_top)
}

pub fn interrupt_stack_top_address() -> usize {
    address_of!(interrupt_stack_top)
}

/// What lies between the image and the top of memory. Byte ranges, page-aligned, disjoint, one absent page between
/// neighbours.
pub struct Layout {
    pub tables: Range<usize>,
    pub dma: Range<usize>,
    /// Physical addresses, at which nothing is mapped.
    pub heap_memory: Range<usize>,
    /// Where it is mapped: elsewhere at each boot.
    pub heap: Range<usize>,
}

impl Layout {
    /// Divides the memory from the image's end to `memory_top`. Panics when too little is left for a useful heap.
    pub fn new(memory_top: usize) -> Layout {
        let memory_top = memory_top & !(PAGE - 1);
        let tables_start = address_of!(__image_end).next_multiple_of(PAGE);
        let tables_end = tables_start + (memory_top.div_ceil(PAGE_TABLE_SPAN) + FIXED_TABLES) * PAGE;
        let dma_start = tables_end + PAGE;
        let dma_end = dma_start + DMA_BYTES;
        let heap_start = dma_end + PAGE;
        let heap_end = memory_top.saturating_sub(PAGE);
        assert!(heap_end >= heap_start + LEAST_HEAP, "too little memory: top at {memory_top:#x}");
        let heap_at = random_page(HEAP_FROM..HEAP_TO);
        Layout {
            tables: tables_start..tables_end,
            dma: dma_start..dma_end,
            heap_memory: heap_start..heap_end,
            heap: heap_at..heap_at + (heap_end - heap_start),
        }
    }

    /// The physical address behind an address that may be mapped.
    pub fn physical(&self, address: usize) -> usize {
        if self.heap.contains(&address) { address - self.heap.start + self.heap_memory.start } else { address }
    }
}

/// Any page of `range`. A processor without a generator has its counter alone, which is easier to guess.
fn random_page(range: Range<usize>) -> usize {
    let pages = range.len() / PAGE;
    range.start + random().unwrap_or_else(time_stamp) as usize % pages * PAGE
}
