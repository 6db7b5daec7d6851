//! A service in memory, with a clock that only the test moves.
#![allow(dead_code)] // Each test file uses a part.

use critical_section as _;
use pinata_preface::PrefaceKey;
use pinata_service::{CLIENT_PORT, ConnectionId, Hardware, PAGE_BYTES, Page, SERVER_PORT, Service, Stage};

pub const SECOND: u64 = 1_000_000;
/// Limits and keys are those of the vector.
pub const HANDSHAKE: u64 = 20 * SECOND;

struct TestPage(Vec<u8>);

impl Page for TestPage {
    fn with_page(&mut self, run: &mut dyn FnMut(&mut [u8])) {
        run(&mut self.0);
    }
}

pub struct World {
    pub service: Service,
    key: PrefaceKey,
    pub now: u64,
    ids: u8,
    /// Everything that the supervisor has read.
    pub told: Vec<u8>,
}

impl World {
    pub fn new() -> World {
        let file: serde_json::Value = serde_json::from_str(include_str!("../../../vectors/channel.json")).unwrap();
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

    pub fn connect(&mut self, port: u16) -> ConnectionId {
        self.ids += 1;
        let c = self.service.accept(port, self.now).unwrap();
        self.give(c, &self.key.seal(&[self.ids; 16], port).clone());
        c
    }

    pub fn give(&mut self, c: ConnectionId, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let space = self.service.space(c);
            let n = space.len().min(bytes.len());
            assert!(n > 0, "no space");
            space[..n].copy_from_slice(&bytes[..n]);
            self.service.received(c, n, self.now);
            bytes = &bytes[n..];
        }
    }

    pub fn take(&mut self, c: ConnectionId) -> Vec<u8> {
        let bytes = self.service.pending(c).to_vec();
        self.service.sent(c, bytes.len(), self.now);
        bytes
    }

    /// Lets time pass, in one step.
    pub fn pass(&mut self, micros: u64) {
        self.now += micros;
        self.service.tick(self.now);
    }

    /// What the supervisor has not read yet.
    pub fn hear(&mut self) -> Vec<u8> {
        let bytes = self.service.channel_pending().to_vec();
        self.service.channel_sent(bytes.len());
        self.told.extend(&bytes);
        bytes
    }

    pub fn heard(&mut self, word: &str) -> bool {
        self.hear().windows(word.len()).any(|window| window == word.as_bytes())
    }

    /// A relay of both roles up to the point where both have released and nothing of the server's end is sent.
    pub fn released(&mut self) -> (ConnectionId, ConnectionId) {
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
