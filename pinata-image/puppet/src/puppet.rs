//! The peer itself: bytes in, bytes out.

mod sending;

use crate::Role;
use crate::edit::Extra;
use crate::hello::{SeenClientHello, SeenServerHello};
use crate::message::Message;
use crate::record::{ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEADER_BYTES, Keys, Suite, plain};
use crate::schedule::{Handshake, Secret, Traffic};
use crate::script::Script;
use crate::wire::{first_message, is_complete, message};
use sha2::{Digest, Sha256};

const FINISHED: u8 = Message::Finished.kind();
/// What stands for the first hello in a transcript once a second was asked for (RFC 8446, section 4.4.1).
const MESSAGE_HASH: u8 = 254;

/// What came of it, as far as the peer let the puppet see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Description of the peer's first alert that is not close_notify.
    pub alert: Option<u8>,
    /// The peer said close_notify.
    pub said_goodbye: bool,
    /// The peer's Finished was there.
    pub saw_finished: bool,
    /// The peer asked for another hello.
    pub saw_retry: bool,
    /// Application data.
    pub data: Vec<u8>,
    /// Something arrived that is not under the keys that it should be under.
    pub is_unreadable: bool,
    /// The messages that the puppet sent, and how long they were.
    pub sent: Vec<(Message, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    AwaitHello,
    AwaitFinished,
    /// The handshake is over for the puppet, well or not: it only listens.
    Listening,
}

/// A peer of either role that follows a script.
pub struct Puppet {
    role: Role,
    script: Script,
    stage: Stage,
    /// The transcript as the other side sees it, and as it would be without alterations.
    received: Sha256,
    meant: Sha256,
    seen: Option<SeenClientHello>,
    suite: Suite,
    shared: Option<[u8; 32]>,
    /// Hash of the hellos, once there are keys.
    hellos: Secret,
    handshake: Option<Handshake>,
    application: Option<Traffic>,
    reading: Option<Keys>,
    writing: Option<Keys>,
    incoming: Vec<u8>,
    fragments: Vec<u8>,
    outgoing: Vec<u8>,
    /// Protected messages that wait for others to share a record with.
    batch: Vec<u8>,
    has_said_all: bool,
    outcome: Outcome,
}

impl Puppet {
    pub fn new(role: Role, script: Script) -> Puppet {
        let mut puppet = Puppet {
            role,
            script,
            stage: Stage::AwaitHello,
            received: Sha256::new(),
            meant: Sha256::new(),
            seen: None,
            suite: Suite::Aes128Gcm,
            shared: None,
            hellos: [0; 32],
            handshake: None,
            application: None,
            reading: None,
            writing: None,
            incoming: Vec::new(),
            fragments: Vec::new(),
            outgoing: Vec::new(),
            batch: Vec::new(),
            has_said_all: false,
            outcome: Outcome::default(),
        };
        if role == Role::Client {
            puppet.send_hello(if puppet.script.first_hello.is_some() {
                Message::FirstHello
            } else {
                Message::ClientHello
            });
        }
        puppet
    }

    /// Bytes for the peer.
    pub fn take_outgoing(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.outgoing)
    }

    /// Whether nothing more will be said, whatever arrives: the time to close one's direction of the transport. The peer
    /// may wait for something that was left out.
    pub fn has_said_all(&self) -> bool {
        self.has_said_all && self.outgoing.is_empty()
    }

    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// One more record, under the keys in use: after the handshake those of application data.
    pub fn say(&mut self, extra: &Extra) {
        let record = match &mut self.writing {
            Some(keys) if !extra.is_plain => keys.seal(extra.kind, &extra.body, 0),
            _ => plain(extra.kind, &extra.body),
        };
        self.outgoing.extend(record);
    }

    /// Bytes of the peer's.
    pub fn received(&mut self, bytes: &[u8]) {
        self.incoming.extend_from_slice(bytes);
        while let Some(length) = self.incoming.get(3..HEADER_BYTES).map(|n| u16::from_be_bytes([n[0], n[1]])) {
            let length = HEADER_BYTES + usize::from(length);
            if self.incoming.len() < length || self.outcome.is_unreadable {
                break;
            }
            let record: Vec<u8> = self.incoming.drain(..length).collect();
            self.take_record(&record);
        }
    }

    fn take_record(&mut self, record: &[u8]) {
        let (kind, content) = match (record[0], &mut self.reading) {
            (APPLICATION_DATA, Some(keys)) => match keys.open(record) {
                Some(opened) => opened,
                None => return self.give_up(),
            },
            (APPLICATION_DATA, None) => return self.give_up(),
            (kind, _) => (kind, record[HEADER_BYTES..].to_vec()),
        };
        match (kind, &content[..]) {
            (ALERT, [_, 0]) => self.outcome.said_goodbye = true,
            (ALERT, [_, code]) => {
                self.outcome.alert.get_or_insert(*code);
                self.stage = Stage::Listening;
                self.has_said_all = true;
            }
            (CHANGE_CIPHER_SPEC, _) => {}
            (APPLICATION_DATA, data) => self.outcome.data.extend_from_slice(data),
            (HANDSHAKE, fragment) => {
                self.fragments.extend_from_slice(fragment);
                while let Some(message) = first_message(&self.fragments).map(<[u8]>::to_vec) {
                    self.fragments.drain(..message.len());
                    self.take_message(&message);
                }
            }
            _ => self.give_up(),
        }
    }

    fn take_message(&mut self, message: &[u8]) {
        if self.stage == Stage::Listening {
            return;
        }
        let before = [&self.received, &self.meant].map(hash);
        self.received.update(message);
        self.meant.update(message);
        match (self.stage, self.role) {
            (Stage::AwaitHello, Role::Client) => match SeenServerHello::read(message) {
                Some(SeenServerHello::Chosen { suite, share }) => {
                    self.suite = suite;
                    self.shared = Some(x25519_dalek::x25519(self.script.secret, share));
                    self.start_protection();
                    self.stage = Stage::AwaitFinished;
                }
                Some(SeenServerHello::Retry) if self.script.first_hello.is_some() && !self.outcome.saw_retry => {
                    self.outcome.saw_retry = true;
                    let restarted = before.map(|first| Sha256::new().chain_update(restart(&first, message)));
                    [self.received, self.meant] = restarted;
                    self.send_hello(Message::ClientHello);
                }
                Some(SeenServerHello::Retry) => {
                    self.outcome.saw_retry = true;
                    self.stop();
                }
                None => self.give_up(),
            },
            (Stage::AwaitHello, Role::Server) => match SeenClientHello::read(message) {
                Some(seen) => {
                    self.suite = seen.suite;
                    self.shared = Some(x25519_dalek::x25519(self.script.secret, seen.share));
                    self.seen = Some(seen);
                    self.stage = Stage::AwaitFinished;
                    self.send_flight(Message::flights(Role::Server)[0]);
                    self.start_protection();
                    self.has_said_all = true;
                }
                None => self.give_up(),
            },
            (Stage::AwaitFinished, _) if message[0] == FINISHED => {
                self.outcome.saw_finished = true;
                if self.role == Role::Client {
                    self.application = self.application_secrets();
                    self.send_flight(Message::flights(Role::Client)[1]);
                }
                self.stop();
                self.reading = self.keys(self.application.as_ref(), peers);
            }
            _ => {}
        }
    }

    /// A hello that is incomplete, or gone, has no answer to wait for.
    fn send_hello(&mut self, hello: Message) {
        self.send_flight(&[hello]);
        self.has_said_all = !is_complete(&self.outgoing);
    }

    fn stop(&mut self) {
        self.stage = Stage::Listening;
        self.has_said_all = true;
    }

    fn give_up(&mut self) {
        self.outcome.is_unreadable = true;
        self.stop();
    }

    /// The keys of the handshake, from the hellos as the other side sees them. Twice is fine.
    fn start_protection(&mut self) {
        if self.handshake.is_some() {
            return;
        }
        let Some(shared) = self.shared else { return };
        self.hellos = hash(&self.received);
        let handshake = Handshake::new(&shared, &self.hellos);
        self.reading = self.keys(Some(&handshake.traffic), peers);
        self.writing = self.keys(Some(&handshake.traffic), own);
        self.handshake = Some(handshake);
    }

    fn keys(&self, traffic: Option<&Traffic>, whose: fn(Role, &Traffic) -> &Secret) -> Option<Keys> {
        traffic.map(|traffic| Keys::new(self.suite, whose(self.role, traffic)))
    }

    fn application_secrets(&self) -> Option<Traffic> {
        Some(self.handshake.as_ref()?.application(&hash(&self.received)))
    }
}

/// A transcript's beginning after a HelloRetryRequest, `first` being the hash of the hello before it.
fn restart(first: &Secret, retry: &[u8]) -> Vec<u8> {
    [&message(MESSAGE_HASH, first), retry].concat()
}

fn hash(transcript: &Sha256) -> Secret {
    transcript.clone().finalize().into()
}

fn own(role: Role, traffic: &Traffic) -> &Secret {
    match role {
        Role::Client => &traffic.client,
        Role::Server => &traffic.server,
    }
}

fn peers(role: Role, traffic: &Traffic) -> &Secret {
    match role {
        Role::Client => &traffic.server,
        Role::Server => &traffic.client,
    }
}
