//! A virtqueue of single buffers that it owns while the device has them.
use core::array;

use virtio_drivers::queue::VirtQueue;
use virtio_drivers::transport::Transport;
use virtio_drivers::{BufferDirection, Hal};

use crate::dma::DmaBuffer;

/// One direction of one device's traffic.
pub struct Ring<H: Hal, const SIZE: usize> {
    queue: VirtQueue<H, SIZE>,
    index: u16,
    direction: BufferDirection,
    /// By the queue's token: the buffer and how much of it the device was given.
    lent: [Option<(DmaBuffer, usize)>; SIZE],
}

impl<H: Hal, const SIZE: usize> Ring<H, SIZE> {
    /// The queue `index` of the device. Before the device is told to start.
    pub fn new(transport: &mut impl Transport, index: u16, direction: BufferDirection) -> Self {
        let queue = VirtQueue::new(transport, index, false, false).expect("virtqueue");
        Ring { queue, index, direction, lent: array::from_fn(|_| None) }
    }

    /// Lends the first `length` bytes of `buffer` to the device. Panics when all `SIZE` places are taken.
    pub fn lend(&mut self, mut buffer: DmaBuffer, length: usize) {
        let part = &mut buffer[..length];
        // SAFETY: the buffer moves into `lent` and nobody touches it until `take_back` has popped this token.
        let token = unsafe {
            match self.direction {
                BufferDirection::DeviceToDriver => self.queue.add(&[], &mut [part]),
                _ => self.queue.add(&[part], &mut []),
            }
        }
        .expect("room in the ring");
        self.lent[usize::from(token)] = Some((buffer, length));
    }

    /// Tells the device about lent buffers, unless it said that it looks by itself.
    pub fn notify(&mut self, transport: &mut impl Transport) {
        if self.queue.should_notify() {
            transport.notify(self.index);
        }
    }

    /// The next buffer that the device is done with, and how many bytes it wrote. Panics when the device returns what
    /// it was not given or claims to have written more than fits.
    pub fn take_back(&mut self) -> Option<(DmaBuffer, usize)> {
        let token = self.queue.peek_used()?;
        let (mut buffer, length) =
            self.lent.get_mut(usize::from(token)).and_then(Option::take).expect("a buffer that the device had");
        let part = &mut buffer[..length];
        // SAFETY: the same memory that `lend` added under this token.
        let written = unsafe {
            match self.direction {
                BufferDirection::DeviceToDriver => self.queue.pop_used(token, &[], &mut [part]),
                _ => self.queue.pop_used(token, &[part], &mut []),
            }
        }
        .expect("the token just seen") as usize;
        assert!(written <= length, "the device wrote past its buffer");
        Some((buffer, written))
    }

    /// Whether the device is done with at least one buffer.
    pub fn has_returned(&self) -> bool {
        self.queue.can_pop()
    }

    /// Whether the device should interrupt when it returns a buffer. A hint: it may interrupt all the same.
    pub fn interrupt(&mut self, wanted: bool) {
        self.queue.set_dev_notify(wanted);
    }
}
