//! Deadlines and the ends of a boot, with a clock that only the test moves.
use critical_section as _;
use pinata_preface::PrefaceKey;
use pinata_service::{
    CLIENT_PORT, ConnectionId, Hardware, PAGE_BYTES, Page, Reason, SERVER_PORT, Service, Stage, Wish,
};

const SECOND: u64 = 1_000_000;
/// Limits and keys are those of the vector.
const HANDSHAKE: u64 = 20 * SECOND;
const RELEASE: u64 = 10 * SECOND;
const LINGER: u64 = 5 * SECOND;
const PREFACE: u64 = 5 * SECOND;
const LIFETIME: u64 = 25 * 3600 * SECOND;

struct TestPage(Vec<u8>);

impl Page for TestPage {
    fn with_page(&mut self, run: &mut dyn FnMut(&mut [u8])) {
        run(&mut self.0);
    }
}

struct World {
    service: Service,
    key: PrefaceKey,
    now: u64,
    ids: u8,
    /// Everything that the supervisor has read.
    told: Vec<u8>,
}

impl World {
    fn new() -> World {
        let file: serde_json::Value = serde_json::from_str(include_str!("../../vectors/channel.json")).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        let born = vectors.iter().find(|vector| vector["name"] == "provision-born").unwrap();
        let unhex = |value: &serde_json::Value| -> Vec<u8> {
            let text = value.as_str().unwrap();
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
        };
        let key = unhex(&born["body"]["preface_key"]["hex"]).try_into().unwrap();
        let mut service = Service::new([7; 32], Hardware { page: Box::new(TestPage(vec![0; PAGE_BYTES])) });
        assert_eq!((service.stage(), service.accept(SERVER_PORT, 0)), (Stage::Waiting, None));
        service.channel_received(&unhex(&born["frame"]), SECOND);
        assert_eq!(service.stage(), Stage::Serving);
        let mut world = World { service, key: PrefaceKey::new(&key), now: SECOND, ids: 0, told: Vec::new() };
        world.hear();
        world
    }

    fn connect(&mut self, port: u16) -> ConnectionId {
        self.ids += 1;
        let c = self.service.accept(port, self.now).unwrap();
        self.give(c, &self.key.seal(&[self.ids; 16], port).clone());
        c
    }

    fn give(&mut self, c: ConnectionId, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let space = self.service.space(c);
            let n = space.len().min(bytes.len());
            assert!(n > 0, "no space");
            space[..n].copy_from_slice(&bytes[..n]);
            self.service.received(c, n, self.now);
            bytes = &bytes[n..];
        }
    }

    fn take(&mut self, c: ConnectionId) -> Vec<u8> {
        let bytes = self.service.pending(c).to_vec();
        self.service.sent(c, bytes.len(), self.now);
        bytes
    }

    /// Lets time pass, in one step.
    fn pass(&mut self, micros: u64) {
        self.now += micros;
        self.service.tick(self.now);
    }

    /// What the supervisor has not read yet.
    fn hear(&mut self) -> Vec<u8> {
        let bytes = self.service.channel_pending().to_vec();
        self.service.channel_sent(bytes.len());
        self.told.extend(&bytes);
        bytes
    }

    fn heard(&mut self, word: &str) -> bool {
        self.hear().windows(word.len()).any(|window| window == word.as_bytes())
    }

    /// A relay of both roles up to the point where both have released and nothing of the server's end is sent.
    fn released(&mut self) -> (ConnectionId, ConnectionId) {
        let (server, client) = (self.connect(SERVER_PORT), self.connect(CLIENT_PORT));
        let hello = self.take(client);
        self.give(server, &hello);
        let flight = self.take(server);
        self.give(client, &flight);
        let flight = self.take(client);
        self.give(server, &flight);
        assert!(self.heard("released"));
        (server, client)
    }
}

#[test]
fn a_silent_peer_loses_its_place_after_the_handshake_deadline() {
    let mut world = World::new();
    let c = world.connect(SERVER_PORT);
    assert_eq!(world.service.next_deadline(), Some(world.now + HANDSHAKE));
    world.pass(HANDSHAKE - 1);
    assert_eq!(world.service.wish(c), Wish::Keep);
    world.pass(1);
    assert_eq!(world.service.wish(c), Wish::CloseWrite);
    assert!(world.heard("handshake"));
    world.pass(LINGER);
    assert_eq!(world.service.wish(c), Wish::Abort);
    assert!(world.heard("timeout"));
}

#[test]
fn the_preface_has_a_shorter_deadline() {
    let mut world = World::new();
    let c = world.service.accept(SERVER_PORT, world.now).unwrap();
    world.pass(PREFACE - 1);
    assert_eq!(world.service.wish(c), Wish::Keep);
    world.pass(1);
    assert_eq!(world.service.wish(c), Wish::Abort);
    assert!(world.service.space(c).is_empty());
    assert!(world.heard("preface_bad"));
}

#[test]
fn a_peer_that_does_not_read_its_prize_is_cut_off() {
    let mut world = World::new();
    let (server, _) = world.released();
    assert_eq!(world.service.wish(server), Wish::CloseWrite);
    assert!(!world.service.pending(server).is_empty());
    world.pass(RELEASE - 1);
    assert_eq!(world.service.wish(server), Wish::CloseWrite);
    world.pass(1);
    assert_eq!(world.service.wish(server), Wish::Abort);
    assert!(world.heard("release"));
}

#[test]
fn after_the_last_byte_the_peers_end_is_awaited_for_a_while() {
    let mut world = World::new();
    let (server, client) = world.released();
    world.take(server);
    assert_eq!(world.service.wish(server), Wish::CloseWrite);
    world.service.peer_closed(server, world.now);
    assert_eq!(world.service.wish(server), Wish::Done);
    world.take(client);
    world.pass(LINGER);
    assert_eq!(world.service.wish(client), Wish::Abort);
}

#[test]
fn a_peer_that_talks_on_after_a_refusal_is_read_for_a_while() {
    let mut world = World::new();
    let c = world.connect(SERVER_PORT);
    world.give(c, b"GET / HTTP/1.1\r\n\r\n");
    assert_eq!(world.service.wish(c), Wish::CloseWrite);
    assert_eq!(world.take(c), [21, 3, 3, 0, 2, 2, 50]);
    let mut drained = 0;
    while world.service.wish(c) == Wish::CloseWrite {
        world.give(c, &[0; 1000]);
        drained += 1000;
    }
    assert_eq!(world.service.wish(c), Wish::Abort);
    assert!((65_536..70_000).contains(&drained), "{drained}");
}

#[test]
fn a_forgotten_connection_is_nobody() {
    let mut world = World::new();
    let c = world.connect(SERVER_PORT);
    world.service.forget(c, world.now);
    assert!(world.heard("reset"));
    let next = world.connect(SERVER_PORT);
    assert_ne!(c, next);
    world.hear();
    assert_eq!(world.service.wish(c), Wish::Abort);
    assert!(world.service.space(c).is_empty() && world.service.pending(c).is_empty());
    world.service.received(c, 3, world.now);
    world.service.reset(c, world.now);
    assert_eq!(world.service.wish(next), Wish::Keep);
    assert!(world.hear().is_empty());
}

#[test]
fn a_boot_has_its_day() {
    let mut world = World::new();
    assert_eq!(world.service.next_deadline(), Some(world.now + LIFETIME));
    world.pass(LIFETIME - 1);
    assert_eq!(world.service.stage(), Stage::Serving);
    world.pass(1);
    assert_eq!(world.service.stage(), Stage::Stopping(Reason::Planned));
    assert!(world.heard("lifetime"));
    assert_eq!(world.service.accept(SERVER_PORT, world.now), None);
}

#[test]
fn no_frame_carries_a_provisioned_secret() {
    let mut world = World::new();
    world.released();
    // Frame 1 towards the guest: [1, "prove", {"root": 32 bytes}].
    let prove =
        [&[0, 0, 0, 0x30, 0x83, 1, 0x65][..], b"prove", &[0xa1, 0x64], b"root", &[0x58, 32], &[0xc0; 32]].concat();
    world.service.channel_received(&prove, world.now);
    world.pass(LINGER + RELEASE);
    world.hear();
    let contains = |needle: &[u8]| world.told.windows(needle.len()).any(|window| window == needle);
    for word in ["hello", "ready", "released", "proof", "closed"] {
        assert!(contains(word.as_bytes()), "{word}");
    }
    let (preface_key, vault_key): (Vec<u8>, Vec<u8>) = ((3..35).collect(), (4..36).collect());
    assert!(!contains(&preface_key) && !contains(&vault_key) && !contains(b"pinata release 1"));
}
