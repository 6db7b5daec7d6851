//! Where a connection's ciphertext arrives. A handshake message must lie in one piece, so the buffer grows: first to a
//! whole record, and for the few peers with long certificates, out of a small shared stock, to the longest message.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

const FIRST_BYTES: usize = 4 * 1024;
/// Header, plaintext, and expansion of the largest record (RFC 8446, section 5.2).
const RECORD_BYTES: usize = 5 + 16_384 + 256;
/// The longest handshake message that rustls takes, in records of at least 1 KiB.
const MESSAGE_BYTES: usize = 65_536 + 64 * (5 + 256);
/// How many connections may hold a buffer of the last size at once.
const STOCK: usize = 8;

/// How many of the largest buffers are in use.
pub(crate) struct Stock(AtomicUsize);

impl Stock {
    pub(crate) const fn new() -> Stock {
        Stock(AtomicUsize::new(0))
    }
}

/// Why a buffer cannot grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// No message may be this long.
    Message,
    /// The shared stock is used up.
    Stock,
}

pub(crate) struct Incoming {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    stock: &'static Stock,
}

impl Incoming {
    pub(crate) fn new(stock: &'static Stock) -> Incoming {
        Incoming { bytes: alloc::vec![0; FIRST_BYTES], start: 0, end: 0, stock }
    }

    /// Where the transport writes.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        &mut self.bytes[self.end..]
    }

    pub(crate) fn filled(&mut self, n: usize) {
        self.end = self.bytes.len().min(self.end + n);
    }

    /// What the library has not consumed.
    pub(crate) fn unread(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..self.end]
    }

    pub(crate) fn discard(&mut self, n: usize) {
        self.start = self.end.min(self.start + n);
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
    }

    pub(crate) fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
    }

    /// Makes sure that [`Self::space`] is not empty.
    pub(crate) fn make_room(&mut self) -> Result<(), Full> {
        if self.end < self.bytes.len() {
            return Ok(());
        }
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            return Ok(());
        }
        let length = match self.bytes.len() {
            FIRST_BYTES => RECORD_BYTES,
            RECORD_BYTES => {
                if self.stock.0.fetch_add(1, Ordering::Relaxed) >= STOCK {
                    self.stock.0.fetch_sub(1, Ordering::Relaxed);
                    return Err(Full::Stock);
                }
                MESSAGE_BYTES
            }
            _ => return Err(Full::Message),
        };
        self.bytes.resize(length, 0);
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if self.bytes.len() == MESSAGE_BYTES {
            self.stock.0.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::boxed::Box;

    fn fill(incoming: &mut Incoming) -> Full {
        loop {
            let n = incoming.space().len();
            incoming.filled(n);
            if let Err(full) = incoming.make_room() {
                return full;
            }
        }
    }

    #[test]
    fn the_stock_bounds_the_large_buffers_and_is_given_back() {
        let stock = Box::leak(Box::new(Stock::new()));
        let mut held: Vec<Incoming> = (0..STOCK).map(|_| Incoming::new(stock)).collect();
        assert!(held.iter_mut().all(|incoming| fill(incoming) == Full::Message));
        assert_eq!(fill(&mut Incoming::new(stock)), Full::Stock);
        held.pop();
        assert_eq!(fill(&mut Incoming::new(stock)), Full::Message);
    }

    #[test]
    fn consumed_bytes_make_room() {
        let stock = Box::leak(Box::new(Stock::new()));
        let mut incoming = Incoming::new(stock);
        let n = incoming.space().len();
        incoming.space()[n - 1] = 7;
        incoming.filled(n);
        incoming.discard(n - 1);
        assert_eq!(incoming.make_room(), Ok(()));
        assert_eq!(incoming.unread(), [7]);
        assert_eq!(incoming.space().len(), FIRST_BYTES - 1);
    }
}
