//! Where things are in memory: the linker's symbols and what follows the image.
use core::ops::Range;

use crate::placement::Places;
use pinata_hal::{apic, mmio};

pub const PAGE: usize = 4096;
/// What `entry.s` reserves for the secret.
pub const VAULT_BYTES: usize = 2 * PAGE;
/// What one table of the lowest level maps.
pub const PAGE_TABLE_SPAN: usize = 2 << 20;
/// Bytes of memory that devices may see: rings and packet buffers, nothing else.
const DMA_BYTES: usize = 704 << 10;
/// Roots, upper levels, the three device regions' tables, three for each stack and the vault's chain, beside one table per
/// 2 MiB; and for image and heap two tables of each upper level and one more of the lowest, because they may straddle borders.
const FIXED_TABLES: usize = 31;
/// Where the image is linked to run, and does until it has its place (`link.ld`).
const LINKED_AT: usize = 0x10_0000;
const LEAST_HEAP: usize = 4 << 20;

unsafe extern "C" {
    static __text_start: u8;
    static __text_end: u8;
    static __rodata_start: u8;
    static __rodata_end: u8;
    static __data_start: u8;
    static __data_end: u8;
    static __image_end: u8;
    static main_stack: u8;
    static main_stack_top: u8;
    static fault_stack: u8;
    static fault_stack_top: u8;
    static interrupt_stack: u8;
    static interrupt_stack_top: u8;
    static vault_pages: u8;
}

macro_rules! address_of {
    ($symbol:ident) => {
        &raw const $symbol as usize
    };
}

/// How far from where it is linked the image runs.
pub fn slide() -> usize {
    text().start - LINKED_AT
}

/// Code, where it runs now; so are constants and data.
pub fn text() -> Range<usize> {
    address_of!(__text_start)..address_of!(__text_end)
}

pub fn rodata() -> Range<usize> {
    address_of!(__rodata_start)..address_of!(__rodata_end)
}

pub fn data() -> Range<usize> {
    address_of!(__data_start)..address_of!(__data_end)
}

/// Of the main stack, the one of faults, the one of interrupts; before the image has its place.
pub fn stacks() -> [Range<usize>; 3] {
    [
        address_of!(main_stack)..address_of!(main_stack_top),
        address_of!(fault_stack)..address_of!(fault_stack_top),
        address_of!(interrupt_stack)..address_of!(interrupt_stack_top),
    ]
}

/// Of the secret; before the image has its place.
fn vault() -> Range<usize> {
    let start = address_of!(vault_pages);
    start..start + VAULT_BYTES
}

/// Where everything is. Byte ranges, page-aligned, disjoint, one absent page between neighbours.
#[derive(Clone)]
pub struct Layout {
    pub tables: Range<usize>,
    pub dma: Range<usize>,
    pub places: Places,
}

impl Layout {
    /// Divides the memory from the image's end to `memory_top`, before the image has its place. Panics when too little is left
    /// for a useful heap.
    pub fn new(memory_top: usize) -> Layout {
        let memory_top = memory_top & !(PAGE - 1);
        let tables_start = address_of!(__image_end).next_multiple_of(PAGE);
        let tables_end = tables_start + (memory_top.div_ceil(PAGE_TABLE_SPAN) + FIXED_TABLES) * PAGE;
        let dma_start = tables_end + PAGE;
        let dma_end = dma_start + DMA_BYTES;
        let heap_start = dma_end + PAGE;
        assert!(memory_top >= heap_start + LEAST_HEAP, "too little memory: top at {memory_top:#x}");
        Layout {
            tables: tables_start..tables_end,
            dma: dma_start..dma_end,
            places: Places::draw(text().start..data().end, heap_start..memory_top, stacks(), vault()),
        }
    }

    /// What is mapped at its physical address.
    pub fn fixed(&self) -> [Range<usize>; 5] {
        [self.tables.clone(), self.dma.clone(), mmio::REGION, apic::IO_APIC_REGION, apic::LOCAL_APIC_REGION]
    }
}
