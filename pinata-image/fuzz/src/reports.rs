//! What the guest says, through its bounded queue, read by another decoder.

use crate::support::cbor::Item;
use crate::support::input::Input;
use crate::support::memory::Meter;
use pinata_channel::{
    Detail, Event, FRAME_BYTES_MAX, HEADER_BYTES, ORDINARY_BYTES, Outbox, RESERVED_BYTES, Report, fault_frame,
};

const STEPS_MAX: usize = 200;
/// Reasons are the library's words, cut to this.
const REASON_BYTES_MAX: usize = 96;
const REASONS: [&str; 3] = ["form", "mac", "replay"];
/// Reported certificates of one chain, all together.
const CHAIN_BYTES_MAX: usize = 16_384;

/// What was said and what has been heard of it.
#[derive(Default)]
struct Tally {
    said: u64,
    heard: u64,
    lost: u64,
    sequence: u64,
    stream: Vec<u8>,
}

impl Tally {
    /// Reads the frames that are complete.
    fn hear(&mut self, bytes: &[u8]) {
        self.stream.extend(bytes);
        let mut rest = &self.stream[..];
        while let Some((header, body)) = rest.split_first_chunk::<HEADER_BYTES>() {
            let length = u32::from_be_bytes(*header) as usize;
            assert!((1..=FRAME_BYTES_MAX).contains(&length), "{length} bytes");
            let Some((mut frame, after)) = body.split_at_checked(length) else { break };
            let Some(Item::Array(items)) = Item::read(&mut frame) else { panic!("not the schema's CBOR") };
            let [Item::Unsigned(sequence), Item::Text(kind), body @ Item::Map(_)] = &items[..] else {
                panic!("not a frame: {items:?}")
            };
            assert!(frame.is_empty() && *sequence == self.sequence);
            self.sequence += 1;
            match (kind.as_str(), body.get("count")) {
                ("lost", Some(Item::Unsigned(count))) => self.lost += count,
                _ => self.heard += 1,
            }
            rest = after;
        }
        let left = rest.len();
        self.stream.drain(..self.stream.len() - left);
    }
}

/// Oracles: every frame is the schema's, in one form, with the next number, and short enough; what is not heard is counted
/// as lost; the queue takes its memory once and keeps to it; a `fault` frame made without a heap is the same as one made with.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut outbox = Outbox::new();
    let mut tally = Tally::default();
    for _ in 0..STEPS_MAX {
        if input.is_empty() {
            break;
        }
        match input.byte() % 4 {
            0 => {
                let n = usize::from(input.short()).min(outbox.pending().len());
                tally.hear(&outbox.pending()[..n]);
                outbox.sent(n);
            }
            1 => {
                // Many times the same: the queue fills, which a short input could not do with reports of its own.
                let (report, times) = (report(&mut input), usize::from(input.byte()));
                for _ in 0..times {
                    push(&mut outbox, &report, &mut tally);
                }
            }
            _ => push(&mut outbox, &report(&mut input), &mut tally),
        }
        assert!(outbox.pending().len() <= ORDINARY_BYTES + RESERVED_BYTES);
    }
    // Twice: what was lost is told once there is room.
    for _ in 0..2 {
        tally.hear(outbox.pending());
        outbox.sent(outbox.pending().len());
    }
    assert!(outbox.pending().is_empty() && tally.stream.is_empty());
    assert_eq!(tally.said, tally.heard + tally.lost);
    assert_eq!(tally.sequence, outbox.next_sequence());
}

fn push(outbox: &mut Outbox, report: &Report, tally: &mut Tally) {
    if let Report::Fault { reason, location } = report {
        same_without_a_heap(outbox.next_sequence(), reason, location);
    }
    let meter = Meter::start();
    outbox.push(report);
    assert_eq!(meter.kept(), 0, "the queue grew");
    tally.said += 1;
}

fn same_without_a_heap(sequence: u64, reason: &str, location: &str) {
    let meter = Meter::start();
    let mut out = [0; 512];
    let length = fault_frame(sequence, reason, location, &mut out);
    assert_eq!(meter.peak(), 0, "a fault took heap");
    let (header, mut body) = out[..length].split_first_chunk::<HEADER_BYTES>().expect("512 bytes suffice");
    assert_eq!(u32::from_be_bytes(*header) as usize, body.len());
    assert!(Item::read(&mut body).is_some() && body.is_empty());
}

/// A report in the sizes that the guest makes.
fn report(input: &mut Input<'_>) -> Report {
    match input.byte() % 16 {
        0 => Report::Hello { image: text(input, 32) },
        1 => Report::Ready {
            boot: input.array(),
            born: input.flag(),
            ca: der(input),
            server: der(input),
            client: der(input),
            us: input.long(),
        },
        2 => {
            Report::Proof { root: input.array(), message: input.array(), signature: input.array(), key: input.array() }
        }
        3 => Report::Fault { reason: text(input, 1024), location: text(input, 1024) },
        _ => Report::Event(Event { id: input.flag().then(|| input.array()), us: input.long(), detail: detail(input) }),
    }
}

fn detail(input: &mut Input<'_>) -> Detail {
    match input.byte() % 19 {
        0 => Detail::Accepted { port: input.short() },
        1 => Detail::PrefaceBad { port: input.short(), reason: REASONS[input.below(REASONS.len())] },
        2 => Detail::ClientHello,
        3 => Detail::HelloRetry,
        4 => Detail::ServerFlight,
        5 => Detail::Certificate {
            chain: (0..input.below(9)).map(|_| vec![input.byte(); input.below(CHAIN_BYTES_MAX / 8)]).collect(),
            sha256: input.array(),
            count: input.below(1 << 16),
        },
        6 => Detail::ChainOk,
        7 => Detail::ChainRejected { reason: text(input, REASON_BYTES_MAX) },
        8 => Detail::PossessionOk { scheme: input.short() },
        9 => Detail::PossessionRejected { scheme: input.short(), reason: text(input, REASON_BYTES_MAX) },
        10 => Detail::Finished { suite: input.short(), group: input.short() },
        11 => Detail::Released { bytes: input.long() as usize, to_self: input.flag() },
        12 => Detail::AlertSent { code: input.byte() },
        13 => Detail::AlertReceived { code: input.byte() },
        14 => Detail::Limit { which: "places" },
        15 => Detail::TlsError { what: text(input, REASON_BYTES_MAX) },
        16 => Detail::Closed { by: "peer" },
        17 => Detail::HandshakeSecrets { client_random: input.array(), client: input.array(), server: input.array() },
        _ => Detail::SessionTag { tag: input.array() },
    }
}

fn der(input: &mut Input<'_>) -> Vec<u8> {
    vec![input.byte(); input.below(4097)]
}

/// Text of any characters, at most `max` bytes.
fn text(input: &mut Input<'_>, max: usize) -> String {
    let length = input.below(max + 1);
    let mut text = String::from_utf8_lossy(input.take(length)).into_owned();
    text.truncate(text.floor_char_boundary(max));
    text
}
