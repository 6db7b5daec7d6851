//! An allocator that counts, so that a target can say how much memory an input may cost.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Counting;

impl Counting {
    fn grow(bytes: usize) {
        let now = NOW.fetch_add(bytes, Relaxed) + bytes;
        PEAK.fetch_max(now, Relaxed);
    }
}

// SAFETY: the system's allocator does it all; here the bytes are counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Counting::grow(layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Counting::grow(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(start, layout) }
    }
}

/// Counts from where it is made. One at a time: the peak belongs to the latest.
pub struct Meter {
    start: usize,
}

impl Meter {
    pub fn start() -> Meter {
        let start = NOW.load(Relaxed);
        PEAK.store(start, Relaxed);
        Meter { start }
    }

    /// The most bytes that were allocated at one time since the start, beyond those of then.
    pub fn peak(&self) -> usize {
        PEAK.load(Relaxed).saturating_sub(self.start)
    }

    /// Bytes that are allocated and were not at the start.
    pub fn kept(&self) -> usize {
        NOW.load(Relaxed).saturating_sub(self.start)
    }
}

/// What something costs that is used call by call, with others that allocate between the calls.
#[derive(Default)]
pub struct Footprint {
    held: isize,
    most: isize,
}

impl Footprint {
    /// Counts what `run` allocates, and keeps or frees.
    pub fn during<R>(&mut self, run: impl FnOnce() -> R) -> R {
        let meter = Meter::start();
        let result = run();
        self.most = self.most.max(self.held + meter.peak() as isize);
        self.held += NOW.load(Relaxed) as isize - meter.start as isize;
        result
    }

    /// Bytes that are held between calls.
    pub fn held(&self) -> usize {
        self.held.max(0) as usize
    }

    /// The most bytes that were held at one time, in a call or between two.
    pub fn most(&self) -> usize {
        self.most.max(0) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_sees_the_peak_and_what_stays() {
        let meter = Meter::start();
        let kept = vec![1u8; 1000];
        drop(vec![1u8; 100_000]);
        assert!((101_000..110_000).contains(&meter.peak()), "{}", meter.peak());
        assert!((1_000..10_000).contains(&meter.kept()), "{}", meter.kept());
        drop(kept);
    }
}
