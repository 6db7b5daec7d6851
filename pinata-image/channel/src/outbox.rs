//! The bounded queue towards the supervisor. A supervisor that does not read costs the guest reports, never time.

use crate::report::Report;
use alloc::vec::Vec;

/// Room for ordinary reports.
pub const ORDINARY_BYTES: usize = 192 * 1024;
/// Further room, for `released`, `fault`, `lost` and answers alone.
pub const RESERVED_BYTES: usize = 32 * 1024;

/// Encoded frames, oldest first. Its memory is taken once.
pub struct Outbox {
    bytes: Vec<u8>,
    start: usize,
    sequence: u64,
    lost: u64,
}

impl Outbox {
    pub fn new() -> Outbox {
        Outbox { bytes: Vec::with_capacity(ORDINARY_BYTES + RESERVED_BYTES), start: 0, sequence: 0, lost: 0 }
    }

    /// Queues a report, or counts it as lost when there is no room for it.
    pub fn push(&mut self, report: &Report) {
        if self.lost > 0 && self.put(&Report::Lost { count: self.lost }, ORDINARY_BYTES) {
            self.lost = 0;
        }
        let room = if report.is_reserved() { ORDINARY_BYTES + RESERVED_BYTES } else { ORDINARY_BYTES };
        let fits = (self.lost == 0 || report.is_reserved()) && self.put(report, room);
        if !fits {
            self.lost = self.lost.saturating_add(1);
        }
    }

    /// What the supervisor has not taken yet.
    pub fn pending(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// The first `n` bytes of [`Self::pending`] are gone. Tells of losses as soon as there is room again.
    pub fn sent(&mut self, n: usize) {
        self.start = self.bytes.len().min(self.start + n);
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
        }
        if self.lost > 0 && self.put(&Report::Lost { count: self.lost }, ORDINARY_BYTES) {
            self.lost = 0;
        }
    }

    /// The number that the next frame will have.
    pub fn next_sequence(&self) -> u64 {
        self.sequence
    }

    fn put(&mut self, report: &Report, room: usize) -> bool {
        let frame = report.frame(self.sequence);
        if self.pending().len() + frame.len() > room {
            return false;
        }
        if self.bytes.len() + frame.len() > self.bytes.capacity() {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.extend_from_slice(&frame);
        self.sequence += 1;
        true
    }
}

impl Default for Outbox {
    fn default() -> Self {
        Outbox::new()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::event::{Detail, Event};

    fn event(detail: Detail) -> Report {
        Report::Event(Event { id: Some([1; 16]), us: 1, detail })
    }

    /// The type names of all frames, and their sequence numbers, in order.
    fn drain(outbox: &mut Outbox) -> std::vec::Vec<(u64, std::string::String)> {
        let mut frames = std::vec::Vec::new();
        while let Some((header, rest)) = outbox.pending().split_first_chunk::<4>() {
            let length = u32::from_be_bytes(*header) as usize;
            let mut decoder = minicbor::Decoder::new(&rest[..length]);
            decoder.array().unwrap();
            frames.push((decoder.u64().unwrap(), decoder.str().unwrap().into()));
            outbox.sent(4 + length);
        }
        frames
    }

    #[test]
    fn a_stalled_supervisor_costs_reports_and_is_told() {
        let mut outbox = Outbox::new();
        for _ in 0..100_000 {
            outbox.push(&event(Detail::ClientHello));
        }
        assert!(outbox.pending().len() <= ORDINARY_BYTES);
        let full = outbox.pending().len();
        outbox.push(&event(Detail::Released { bytes: 1, to_self: false }));
        assert!(outbox.pending().len() > full, "released has a place of its own");

        let frames = drain(&mut outbox);
        assert!(frames.iter().enumerate().all(|(at, (sequence, _))| at as u64 == *sequence));
        let lost = frames.iter().position(|(_, name)| name == "lost").unwrap();
        assert!(lost > 1_000);
        assert_eq!(frames.iter().filter(|(_, name)| name == "lost").count(), 1);
    }

    #[test]
    fn memory_never_grows() {
        let mut outbox = Outbox::new();
        let capacity = outbox.bytes.capacity();
        for round in 0..50_000 {
            outbox.push(&event(Detail::Released { bytes: round, to_self: true }));
            outbox.push(&event(Detail::ChainOk));
            outbox.sent(37);
        }
        assert_eq!(outbox.bytes.capacity(), capacity);
        assert!(outbox.pending().len() <= ORDINARY_BYTES + RESERVED_BYTES);
    }
}
