//! The channel's hardware end, where a dying guest can reach it.
//!
//! Frames move from the service into the outbox whole, so that the outbox always ends between two frames, and the
//! number of frames that went in is the number of the next one. That is all a `fault` frame needs, whatever state the
//! service is in by then.
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt::{self, Write};

use critical_section::Mutex;
use pinata_boot::Death;
use pinata_channel::{HEADER_BYTES, fault_frame};
use pinata_hal::cpu::time_stamp;
use pinata_hal::dma::GuestMemory;
use pinata_hal::mmio::Registers;
use pinata_hal::port::Port;

/// No more frames are taken while this many bytes wait: the service counts what it must drop.
const OUTBOX_FULL: usize = 8 << 10;
/// A `fault` frame fits, with reason and location cut by the encoder.
const FAULT_BYTES: usize = 512;
const TEXT_BYTES: usize = 192;
/// How long the end of the guest waits for the supervisor to take what is left.
const LAST_FLUSH_MS: u64 = 50;

static CHANNEL: Mutex<RefCell<Option<Channel>>> = Mutex::new(RefCell::new(None));

/// The port, and whole frames on their way into it.
pub struct Channel {
    port: Port<GuestMemory, Registers>,
    outbox: Vec<u8>,
    /// Frames that ever went into the outbox: the sequence number of the next one.
    frames: u64,
    /// For time without a clock at hand.
    ticks_per_ms: u64,
}

/// Puts the channel in its place and has death use it.
pub fn install(port: Port<GuestMemory, Registers>, ticks_per_ms: u64) {
    let channel = Channel { port, outbox: Vec::with_capacity(OUTBOX_FULL), frames: 0, ticks_per_ms };
    critical_section::with(|section| CHANNEL.borrow(section).replace(Some(channel)));
    pinata_boot::on_death(send_fault);
}

/// Runs `work` on the channel.
pub fn with<R>(work: impl FnOnce(&mut Channel) -> R) -> R {
    critical_section::with(|section| work(CHANNEL.borrow(section).borrow_mut().as_mut().expect("installed at start")))
}

impl Channel {
    /// Reads what the supervisor sent.
    pub fn receive(&mut self, out: &mut [u8]) -> usize {
        self.port.receive(out)
    }

    /// Takes whole frames off the front of `pending` and returns their bytes; 0 when the supervisor is slow.
    pub fn take(&mut self, pending: &[u8]) -> usize {
        let mut taken = 0;
        while self.outbox.len() < OUTBOX_FULL {
            let rest = &pending[taken..];
            let Some(header) = rest.first_chunk::<HEADER_BYTES>() else { break };
            let frame = HEADER_BYTES + u32::from_be_bytes(*header) as usize;
            let Some(bytes) = rest.get(..frame) else { break };
            self.outbox.extend_from_slice(bytes);
            self.frames += 1;
            taken += frame;
        }
        taken
    }

    /// Sends what fits. True when something went.
    pub fn flush(&mut self) -> bool {
        let sent = self.port.send(&self.outbox);
        self.outbox.drain(..sent);
        sent > 0
    }

    /// Sends bytes that need not be frames. 0 when the supervisor is slow.
    #[cfg(feature = "misdeeds")]
    pub fn send_raw(&mut self, bytes: &[u8]) -> usize {
        self.port.send(bytes)
    }

    /// The number of the next frame.
    #[cfg(feature = "misdeeds")]
    pub fn next_frame(&self) -> u64 {
        self.frames
    }

    /// Whether there is work that came meanwhile; if not, the next event interrupts.
    pub fn prepare_sleep(&mut self) -> bool {
        self.port.prepare_sleep(!self.outbox.is_empty())
    }

    /// Waits, but not long, until the supervisor has all of the outbox and `last`.
    pub fn drain(&mut self, last: &[u8]) {
        let start = time_stamp();
        let deadline = LAST_FLUSH_MS * self.ticks_per_ms;
        let mut sent_last = 0;
        while time_stamp().saturating_sub(start) < deadline {
            if !self.outbox.is_empty() {
                self.flush();
            } else if sent_last < last.len() {
                sent_last += self.port.send(&last[sent_last..]);
            } else if self.port.is_drained() {
                return;
            }
        }
    }
}

fn send_fault(death: &Death) {
    let (mut reason, mut location) = (Text::new(), Text::new());
    let _ = (reason.write_fmt(death.reason), location.write_fmt(death.location));
    critical_section::with(|section| {
        // Death may come out of the channel itself; then there is no channel.
        let Ok(mut place) = CHANNEL.borrow(section).try_borrow_mut() else { return };
        let Some(channel) = place.as_mut() else { return };
        let mut frame = [0; FAULT_BYTES];
        let length = fault_frame(channel.frames, reason.as_str(), location.as_str(), &mut frame);
        channel.drain(&frame[..length]);
    });
}

/// Text without the heap, cut where it is full.
struct Text {
    bytes: [u8; TEXT_BYTES],
    length: usize,
}

impl Text {
    fn new() -> Text {
        Text { bytes: [0; TEXT_BYTES], length: 0 }
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..self.length]).unwrap_or("?")
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            let room = &mut self.bytes[self.length..];
            if room.len() < character.len_utf8() {
                return Err(fmt::Error);
            }
            self.length += character.encode_utf8(room).len();
        }
        Ok(())
    }
}
