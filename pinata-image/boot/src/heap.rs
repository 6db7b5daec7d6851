//! The one heap. Memory is zeroed when it is freed, so that nothing of a connection outlives it.
use core::alloc::{GlobalAlloc, Layout};
use core::cell::RefCell;
use core::ops::Range;
use core::ptr::{NonNull, null_mut, write_bytes};
use core::sync::atomic::{Ordering, compiler_fence};

use critical_section::Mutex;
use talc::{ErrOnOom, Span, Talc};

struct Heap(Mutex<RefCell<Talc<ErrOnOom>>>);

#[global_allocator]
static HEAP: Heap = Heap(Mutex::new(RefCell::new(Talc::new(ErrOnOom))));

/// Hands `range` to the allocator.
///
/// # Safety
/// The range is mapped, writable, and used by nobody else, for ever.
pub unsafe fn give(range: Range<usize>) {
    critical_section::with(|section| {
        let span = Span::new(range.start as *mut u8, range.end as *mut u8);
        // SAFETY: the caller's promise.
        unsafe { HEAP.0.borrow_ref_mut(section).claim(span) }.expect("heap memory");
    });
}

// SAFETY: `Talc` hands out disjoint blocks of the claimed range that satisfy the layout; `realloc` is the default one,
// which goes through `alloc` and `dealloc`, so that a moved block is zeroed too.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        critical_section::with(|section| {
            // SAFETY: `GlobalAlloc` forbids layouts of size zero.
            unsafe { self.0.borrow_ref_mut(section).malloc(layout) }.map_or(null_mut(), NonNull::as_ptr)
        })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block is still ours until `free`. The fence keeps the stores, which nothing reads, from being
        // dropped.
        unsafe { write_bytes(block, 0, layout.size()) };
        compiler_fence(Ordering::SeqCst);
        critical_section::with(|section| {
            // SAFETY: the caller got it from `alloc` with this layout; never null.
            unsafe { self.0.borrow_ref_mut(section).free(NonNull::new_unchecked(block), layout) };
        });
    }
}
