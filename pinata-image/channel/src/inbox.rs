//! Frames out of the byte stream from the supervisor.

use crate::command::Command;
use crate::strict::Malformed;
use crate::{FRAME_BYTES_MAX, HEADER_BYTES};
use alloc::vec::Vec;
use zeroize::Zeroizing;

/// Collects one frame at a time. The buffer is made in the frame's full length, so that it never moves and leaves no copy
/// behind, and is erased as soon as the frame is decoded.
#[derive(Default)]
pub struct Inbox {
    header: [u8; HEADER_BYTES],
    header_filled: usize,
    frame: Zeroizing<Vec<u8>>,
    length: usize,
    sequence: u64,
}

impl Inbox {
    pub fn new() -> Inbox {
        Inbox::default()
    }

    /// Takes bytes from the front of `bytes` until a frame is complete. `None`: all taken, no frame yet. After an error
    /// the stream is lost: there is no way to find the next frame.
    pub fn take(&mut self, bytes: &mut &[u8]) -> Option<Result<Command, Malformed>> {
        while self.header_filled < HEADER_BYTES {
            let (first, rest) = bytes.split_first()?;
            self.header[self.header_filled] = *first;
            self.header_filled += 1;
            *bytes = rest;
            if self.header_filled == HEADER_BYTES {
                self.length = u32::from_be_bytes(self.header) as usize;
                if !(1..=FRAME_BYTES_MAX).contains(&self.length) {
                    return Some(Err(Malformed::Length));
                }
                self.frame = Zeroizing::new(Vec::with_capacity(self.length));
            }
        }
        let (now, later) = bytes.split_at(bytes.len().min(self.length - self.frame.len()));
        self.frame.extend_from_slice(now);
        *bytes = later;
        if self.frame.len() < self.length {
            return None;
        }
        let frame = core::mem::take(&mut self.frame);
        self.header_filled = 0;
        let command = Command::decode(&frame, self.sequence);
        self.sequence += 1;
        Some(command)
    }
}
