//! One boot of the service under a supervisor that checks every word of it.

use crate::support::cbor::{Item, Writer};
use crate::support::memory::Meter;
use pinata_channel::HEADER_BYTES;
use pinata_preface::{PREFACE_BYTES, PrefaceKey};
use pinata_service::{CLIENT_PORT, ConnectionId, Hardware, PAGE_BYTES, Page, SERVER_PORT, Service, Wish};
use std::cell::RefCell;
use std::collections::BTreeMap;

const BOOT_AT: u64 = 1_000_000;
const PLACES: (u64, u64) = (4, 2);
const DOCUMENT: &[u8] = b"pinata release 1\nthe document";
const VAULT_KEY: [u8; 32] = [0x51; 32];
/// What a run may leave behind: the windows of ids and tags, which have room for thousands.
const KEPT_BYTES_MAX: usize = 1024 * 1024;
/// That, and eight connections with what [`super::watched`] allows them.
const PEAK_BYTES_MAX: usize = KEPT_BYTES_MAX + 8 * 192 * 1024 + 384 * 1024;
/// An id may be used once on each.
const PORTS: u32 = 2;

struct HostPage(Vec<u8>);

impl Page for HostPage {
    fn with_page(&mut self, run: &mut dyn FnMut(&mut [u8])) {
        run(&mut self.0);
    }
}

/// What has been told of one attempt.
#[derive(Default)]
struct Attempt {
    released: u32,
    closed: u32,
}

/// A boot serves all runs of a process: its engine's memory is never freed. Every run has attempt ids of its own.
pub struct Boot {
    pub service: Service,
    /// Microseconds; each run begins at the same time.
    pub now: u64,
    key: PrefaceKey,
    run: u64,
    sequence: u64,
    commands: u64,
    stream: Vec<u8>,
    attempts: BTreeMap<Vec<u8>, Attempt>,
    has_lost: bool,
}

thread_local! {
    static BOOT: RefCell<Option<Boot>> = const { RefCell::new(None) };
}

/// Runs with the process's boot, as if nobody had connected before.
pub fn with_boot(run: impl FnOnce(&mut Boot)) {
    BOOT.with_borrow_mut(|boot| {
        let boot = boot.get_or_insert_with(Boot::new);
        boot.run += 1;
        boot.now = BOOT_AT;
        boot.attempts.clear();
        boot.has_lost = false;
        let meter = Meter::start();
        run(boot);
        boot.settle();
        assert!(meter.kept() < KEPT_BYTES_MAX, "{} bytes kept", meter.kept());
        assert!(meter.peak() < PEAK_BYTES_MAX, "{} bytes", meter.peak());
    });
}

impl Boot {
    fn new() -> Boot {
        let mut service = Service::new([7; 32], Hardware { page: Box::new(HostPage(vec![0; PAGE_BYTES])) });
        let preface_key = [9; 32];
        service.channel_received(&provision(&preface_key), BOOT_AT);
        let mut boot = Boot {
            service,
            now: BOOT_AT,
            key: PrefaceKey::new(&preface_key),
            run: 0,
            sequence: 0,
            commands: 1,
            stream: Vec::new(),
            attempts: BTreeMap::new(),
            has_lost: false,
        };
        boot.hear(usize::MAX);
        boot
    }

    /// The preface of this run's attempt with this number.
    pub fn preface(&self, number: u8, port: u16) -> [u8; PREFACE_BYTES] {
        let id = u128::from(self.run) << 8 | u128::from(number);
        self.key.seal(&id.to_be_bytes(), port)
    }

    /// Bytes from a connection's peer, as many as the service has room for, in pieces.
    pub fn give(&mut self, c: ConnectionId, mut bytes: &[u8], cut: usize) {
        while !bytes.is_empty() {
            let space = self.service.space(c);
            let n = space.len().min(bytes.len()).min(cut);
            if n == 0 {
                return;
            }
            space[..n].copy_from_slice(&bytes[..n]);
            self.service.received(c, n, self.now);
            bytes = &bytes[n..];
        }
    }

    /// All that a connection has for its peer.
    pub fn take(&mut self, c: ConnectionId) -> Vec<u8> {
        let bytes = self.service.pending(c).to_vec();
        assert!(!bytes.windows(DOCUMENT.len()).any(|window| window == DOCUMENT), "the document in the open");
        self.service.sent(c, bytes.len(), self.now);
        bytes
    }

    /// The transport lets go of a connection.
    pub fn forget(&mut self, c: ConnectionId) {
        self.service.forget(c, self.now);
        assert_eq!(self.service.wish(c), Wish::Abort);
    }

    pub fn pass(&mut self, micros: u64) {
        self.now += micros;
        self.service.tick(self.now);
    }

    /// The supervisor asks for a proof.
    pub fn prove(&mut self, root: &[u8; 32]) {
        let mut body = Writer::default();
        body.array(3).unsigned(self.commands).text("prove").map(1).text("root").bytes(root);
        self.commands += 1;
        self.service.channel_received(&framed(&body.0), self.now);
    }

    /// The supervisor reads at most `n` bytes.
    pub fn hear(&mut self, n: usize) {
        let pending = self.service.channel_pending();
        let n = n.min(pending.len());
        self.stream.extend_from_slice(&pending[..n]);
        self.service.channel_sent(n);
        let stream = core::mem::take(&mut self.stream);
        let mut rest = &stream[..];
        while let Some((header, body)) = rest.split_first_chunk::<HEADER_BYTES>() {
            let Some((mut frame, after)) = body.split_at_checked(u32::from_be_bytes(*header) as usize) else { break };
            let Some(Item::Array(items)) = Item::read(&mut frame) else { panic!("not the schema's CBOR") };
            self.check(&items);
            rest = after;
        }
        self.stream = rest.to_vec();
    }

    fn check(&mut self, frame: &[Item]) {
        let [Item::Unsigned(sequence), Item::Text(kind), body] = frame else { panic!("not a frame: {frame:?}") };
        assert_eq!(*sequence, self.sequence);
        self.sequence += 1;
        match kind.as_str() {
            "event" => self.check_event(body),
            "lost" => self.has_lost = true,
            "hello" | "ready" | "proof" => {}
            other => panic!("{other}: {body:?}"),
        }
    }

    fn check_event(&mut self, event: &Item) {
        let (Some(Item::Bytes(id)), Some(Item::Text(kind))) = (event.get("id"), event.get("kind")) else { return };
        let attempt = self.attempts.entry(id.clone()).or_default();
        // A port remembers an id; the other port may see it too.
        assert!(attempt.closed < PORTS, "{kind} after the end");
        match kind.as_str() {
            "released" => {
                attempt.released += 1;
                assert_eq!(event.get("self"), Some(&Item::Bool(true)), "released to somebody else");
            }
            "closed" => attempt.closed += 1,
            _ => {}
        }
        assert!(attempt.released <= PORTS);
    }

    /// All connections are forgotten: everything has been told, and every place is free.
    fn settle(&mut self) {
        while !self.service.channel_pending().is_empty() {
            self.hear(usize::MAX);
        }
        assert!(self.stream.is_empty());
        if !self.has_lost {
            assert!(self.attempts.values().all(|attempt| attempt.closed > 0), "an end was not told");
        }
        for (port, places) in [(SERVER_PORT, PLACES.0), (CLIENT_PORT, PLACES.1)] {
            // One more is kept for the self-test.
            let all: Vec<ConnectionId> = (0..=places).filter_map(|_| self.service.accept(port, self.now)).collect();
            assert_eq!(all.len() as u64, places + 1, "a place did not come back");
            all.into_iter().for_each(|c| self.forget(c));
        }
        self.hear(usize::MAX);
    }
}

fn framed(body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32).to_be_bytes()[..], body].concat()
}

/// The first frame of a supervisor (`channel.cddl`).
fn provision(preface_key: &[u8; 32]) -> Vec<u8> {
    let mut body = Writer::default();
    body.array(3).unsigned(0).text("provision").map(10);
    body.text("target").text("fuzz").text("boot").bytes(&[1; 16]).text("image").bytes(&[2; 32]);
    body.text("wall").unsigned(1_800_000_000_000_000).text("tsc_khz").unsigned(0);
    body.text("limits").map(7);
    for (name, value) in [
        ("places_server", PLACES.0),
        ("places_client", PLACES.1),
        ("handshake_ms", 20_000),
        ("release_ms", 10_000),
        ("bytes_before_auth", 96 << 10),
        ("chain_max", 8),
        ("signatures_max", u64::MAX),
    ] {
        body.text(name).unsigned(value);
    }
    body.text("preface_key").bytes(preface_key).text("document").bytes(DOCUMENT);
    body.text("keys").array(1).map(2).text("role").text("vault").text("key").bytes(&VAULT_KEY);
    body.text("authority").null();
    framed(&body.0)
}
