//! Device memory on the host in which a step aside is a fault: before and after each piece lies a page without any rights.

use core::ptr::{NonNull, null_mut};
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect};
use std::cell::RefCell;
use std::collections::BTreeMap;
use virtio_drivers::{BufferDirection, Hal, PAGE_SIZE, PhysAddr};

#[derive(Default)]
struct Arena {
    /// Start and length in pages of what the driver has.
    used: Vec<(usize, usize)>,
    /// By length in pages: what an earlier one had.
    free: BTreeMap<usize, Vec<usize>>,
}

thread_local! {
    static ARENA: RefCell<Arena> = RefCell::default();
}

/// As `pinata_hal::dma::GuestMemory`, with guards. Start each run with [`GuardedMemory::reset`].
pub struct GuardedMemory;

impl GuardedMemory {
    /// The next driver gets the memory of the last, which must be gone.
    pub fn reset() {
        ARENA.with_borrow_mut(|arena| {
            for (start, pages) in core::mem::take(&mut arena.used) {
                arena.free.entry(pages).or_default().push(start);
            }
        });
    }

    /// Start and length of every piece that is in use: all that a device may write to.
    pub fn pieces() -> Vec<(usize, usize)> {
        ARENA.with_borrow(|arena| arena.used.iter().map(|(start, pages)| (*start, pages * PAGE_SIZE)).collect())
    }
}

fn map(pages: usize) -> usize {
    let bytes = (pages + 2) * PAGE_SIZE;
    // SAFETY: a new mapping, wherever there is room; it is never removed.
    let all =
        unsafe { mmap_anonymous(null_mut(), bytes, ProtFlags::empty(), MapFlags::PRIVATE) }.expect("memory") as usize;
    let start = all + PAGE_SIZE;
    // SAFETY: the middle of the mapping just made.
    unsafe { mprotect(start as *mut _, pages * PAGE_SIZE, MprotectFlags::READ | MprotectFlags::WRITE) }
        .expect("memory");
    start
}

// SAFETY: `dma_alloc` hands out disjoint, zeroed, page-aligned mappings that are never removed, and none twice between two
// resets; addresses are the process's own.
unsafe impl Hal for GuardedMemory {
    fn dma_alloc(pages: usize, _: BufferDirection) -> (PhysAddr, NonNull<u8>) {
        let start = ARENA.with_borrow_mut(|arena| {
            let start = arena.free.get_mut(&pages).and_then(Vec::pop).unwrap_or_else(|| map(pages));
            arena.used.push((start, pages));
            start
        });
        let pointer = NonNull::new(start as *mut u8).expect("a mapping");
        // SAFETY: the piece is that long.
        unsafe { pointer.write_bytes(0, pages * PAGE_SIZE) };
        (start as PhysAddr, pointer)
    }

    unsafe fn dma_dealloc(_: PhysAddr, _: NonNull<u8>, _: usize) -> i32 {
        0
    }

    unsafe fn mmio_phys_to_virt(_: PhysAddr, _: usize) -> NonNull<u8> {
        unreachable!("only PCI asks for this")
    }

    unsafe fn share(buffer: NonNull<[u8]>, _: BufferDirection) -> PhysAddr {
        let start = buffer.as_ptr().cast::<u8>() as usize;
        let inside =
            Self::pieces().iter().any(|(piece, length)| *piece <= start && start + buffer.len() <= piece + length);
        assert!(inside, "shared memory that is not for devices");
        start as PhysAddr
    }

    unsafe fn unshare(_: PhysAddr, _: NonNull<[u8]>, _: BufferDirection) {}
}
