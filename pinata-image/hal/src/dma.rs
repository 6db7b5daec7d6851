//! The one region of memory that devices may see. Rings and packet buffers live here and nothing else does.
use core::cell::RefCell;
use core::ops::{Deref, DerefMut, Range};
use core::ptr::NonNull;

use critical_section::Mutex;
use virtio_drivers::{BufferDirection, Hal, PAGE_SIZE, PhysAddr};

static REGION: Mutex<RefCell<Region>> = Mutex::new(RefCell::new(Region { all: 0..0, free: 0..0 }));

struct Region {
    all: Range<usize>,
    free: Range<usize>,
}

/// Gives the region to the devices.
///
/// # Safety
/// The range is mapped, page-aligned, identity-mapped, and used by nobody else, for ever.
pub unsafe fn give(range: Range<usize>) {
    critical_section::with(|section| {
        *REGION.borrow_ref_mut(section) = Region { all: range.clone(), free: range };
    });
}

/// The guest's own memory as virtio-drivers sees it. Nothing is ever returned to the region: devices are set up once.
pub struct GuestMemory;

// SAFETY: `dma_alloc` hands out disjoint, zeroed, page-aligned parts of a region that is used for nothing else, and
// never reuses them; addresses are physical because the region is identity-mapped.
unsafe impl Hal for GuestMemory {
    fn dma_alloc(pages: usize, _: BufferDirection) -> (PhysAddr, NonNull<u8>) {
        let bytes = pages * PAGE_SIZE;
        let start = critical_section::with(|section| {
            let mut region = REGION.borrow_ref_mut(section);
            let start = region.free.start;
            assert!(bytes <= region.free.len(), "out of device memory");
            region.free.start += bytes;
            start
        });
        let pointer = NonNull::new(start as *mut u8).expect("device memory was given");
        // SAFETY: the range was given as mapped and unused.
        unsafe { pointer.write_bytes(0, bytes) };
        (start as PhysAddr, pointer)
    }

    unsafe fn dma_dealloc(_: PhysAddr, _: NonNull<u8>, _: usize) -> i32 {
        0
    }

    unsafe fn mmio_phys_to_virt(_: PhysAddr, _: usize) -> NonNull<u8> {
        panic!("only PCI asks for this")
    }

    unsafe fn share(buffer: NonNull<[u8]>, _: BufferDirection) -> PhysAddr {
        let start = buffer.as_ptr().cast::<u8>() as usize;
        let inside = critical_section::with(|section| {
            let all = &REGION.borrow_ref(section).all;
            all.start <= start && start + buffer.len() <= all.end
        });
        assert!(inside, "memory at {start:#x} is not for devices");
        start as PhysAddr
    }

    unsafe fn unshare(_: PhysAddr, _: NonNull<[u8]>, _: BufferDirection) {}
}

/// A piece of device memory that belongs to whoever holds this, like a `Box`; it is never freed.
pub struct DmaBuffer {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: it owns its memory.
unsafe impl Send for DmaBuffer {}

impl DmaBuffer {
    /// `count` buffers of `length` bytes each. `length` divides or is a multiple of a page, so that none straddles for
    /// nothing.
    pub fn allocate<H: Hal>(count: usize, length: usize) -> impl Iterator<Item = DmaBuffer> {
        assert!(length > 0 && (PAGE_SIZE.is_multiple_of(length) || length.is_multiple_of(PAGE_SIZE)));
        let (_, start) = H::dma_alloc((count * length).div_ceil(PAGE_SIZE), BufferDirection::Both);
        // SAFETY: inside the allocation just made.
        (0..count).map(move |index| DmaBuffer { start: unsafe { start.add(index * length) }, length })
    }
}

impl Deref for DmaBuffer {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        // SAFETY: the memory is initialised, lives for ever, and this is its only owner (a ring keeps buffers that a
        // device holds).
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl DerefMut for DmaBuffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and borrowed mutably.
        unsafe { core::slice::from_raw_parts_mut(self.start.as_ptr(), self.length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    #[should_panic(expected = "is not for devices")]
    fn memory_beyond_the_region_is_not_shared() {
        let memory = vec![0; 2 * PAGE_SIZE].leak();
        let start = memory.as_ptr() as usize;
        let share = |part: &[u8]| {
            // SAFETY: only where it lies is looked at.
            unsafe { GuestMemory::share(NonNull::from(part), BufferDirection::Both) }
        };
        // SAFETY: it is leaked, and no device of the other tests takes memory from here.
        unsafe { give(start..start + PAGE_SIZE) };
        assert_eq!(share(&memory[..PAGE_SIZE]), start as PhysAddr);
        share(&memory[1..PAGE_SIZE + 1]);
    }
}
