//! The PVH start information (Xen `include/public/arch-x86/hvm/start_info.h`), read once before the real page tables.
use core::ptr::read_unaligned;

const MAGIC: u32 = 0x336e_c578;
/// Offset of `memmap_paddr` (u64), present from version 1 on; `memmap_entries` (u32) follows it.
const MEMORY_MAP_AT: usize = 40;
const MEMORY_MAP_ENTRIES_AT: usize = 48;
const VERSION_AT: usize = 4;
/// One entry: addr u64, size u64, type u32, reserved u32.
const ENTRY_BYTES: usize = 24;
const ENTRIES_MAX: usize = 128;
const TYPE_RAM: u32 = 1;
/// The image is linked to start here.
const IMAGE_START: usize = 0x10_0000;

/// The end of the RAM range that holds the image. Panics on anything that is not as the ABI says.
///
/// # Safety
/// `info` is the address that the loader passed in EBX, and it and what it points to are mapped.
pub unsafe fn memory_top(info: usize) -> usize {
    // SAFETY: the caller's promise; unaligned reads of plain integers.
    unsafe {
        assert!(read::<u32>(info) == MAGIC, "no PVH start information");
        assert!(read::<u32>(info + VERSION_AT) >= 1, "PVH start information without a memory map");
        let map = read::<u64>(info + MEMORY_MAP_AT) as usize;
        let entries = (read::<u32>(info + MEMORY_MAP_ENTRIES_AT) as usize).min(ENTRIES_MAX);
        (0..entries)
            .map(|entry| map + entry * ENTRY_BYTES)
            .filter(|&entry| read::<u32>(entry + 16) == TYPE_RAM)
            .map(|entry| (read::<u64>(entry) as usize, read::<u64>(entry + 8) as usize))
            .find(|&(start, size)| start <= IMAGE_START && start.saturating_add(size) > IMAGE_START)
            .map(|(start, size)| start + size)
            .expect("the memory map does not hold the image")
    }
}

unsafe fn read<T>(address: usize) -> T {
    // SAFETY: the caller's promise.
    unsafe { read_unaligned(address as *const T) }
}
