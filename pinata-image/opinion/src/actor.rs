//! Who plays a case to a server.

use crate::{DOCUMENT, Seen};
use pinata_puppet::hello::RETRY_RANDOM;
use pinata_puppet::record::{ALERT, HANDSHAKE};
use pinata_puppet::{Puppet, Role, Script};

const RECORD_HEADER_BYTES: usize = 5;
const MESSAGE_HEADER_BYTES: usize = 4;
const SERVER_HELLO: u8 = 2;
/// After type, length and legacy version (RFC 8446, section 4.1.3).
const RANDOM_AT: usize = 6;

/// One handshake, by the name of what is odd about it.
#[derive(Clone)]
pub struct Case {
    pub name: String,
    pub play: Play,
}

#[derive(Clone)]
pub enum Play {
    /// By a puppet, which can go all the way.
    Script(Box<Script>),
    /// Bytes as they are; each but the first as the answer to a plaintext handshake message.
    Flights(Vec<Vec<u8>>),
}

impl Case {
    pub fn actor(&self) -> Box<dyn Actor> {
        match &self.play {
            Play::Script(script) => Box::new(Puppet::new(Role::Client, Script::clone(script))),
            Play::Flights(flights) => Box::new(Reciter::new(flights.clone())),
        }
    }
}

/// A client without I/O.
pub trait Actor {
    fn take_outgoing(&mut self) -> Vec<u8>;
    fn received(&mut self, bytes: &[u8]);
    /// The time to close its direction of the transport: servers may wait for something that never comes.
    fn has_said_all(&self) -> bool;
    fn seen(&self) -> Seen;
}

impl Actor for Puppet {
    fn take_outgoing(&mut self) -> Vec<u8> {
        Puppet::take_outgoing(self)
    }

    fn received(&mut self, bytes: &[u8]) {
        Puppet::received(self, bytes);
    }

    fn has_said_all(&self) -> bool {
        Puppet::has_said_all(self)
    }

    fn seen(&self) -> Seen {
        let outcome = self.outcome();
        Seen {
            asked_again: outcome.saw_retry,
            went_on: outcome.is_unreadable,
            alert: outcome.alert,
            released: outcome.data == DOCUMENT,
        }
    }
}

/// Says its flights one after the other, and understands of the answers no more than what is in plaintext.
struct Reciter {
    /// Last flight first.
    left: Vec<Vec<u8>>,
    outgoing: Vec<u8>,
    incoming: Vec<u8>,
    seen: Seen,
}

impl Reciter {
    fn new(mut flights: Vec<Vec<u8>>) -> Reciter {
        flights.reverse();
        let mut reciter = Reciter { left: flights, outgoing: Vec::new(), incoming: Vec::new(), seen: Seen::default() };
        reciter.say();
        reciter
    }

    fn say(&mut self) {
        self.outgoing.extend(self.left.pop().unwrap_or_default());
    }

    fn take_record(&mut self, record: &[u8]) {
        let body = &record[RECORD_HEADER_BYTES..];
        match (record[0], body) {
            _ if self.seen.went_on => {}
            (ALERT, [_, 0]) => {}
            (ALERT, [_, code]) => {
                self.seen.alert.get_or_insert(*code);
                self.left.clear();
            }
            (HANDSHAKE, [SERVER_HELLO, ..]) if body.len() > RANDOM_AT + RETRY_RANDOM.len() => {
                let is_retry = body[RANDOM_AT..].starts_with(&RETRY_RANDOM);
                self.seen.asked_again |= is_retry;
                self.seen.went_on |= !is_retry;
                self.say();
            }
            _ => {}
        }
    }
}

impl Actor for Reciter {
    fn take_outgoing(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.outgoing)
    }

    fn received(&mut self, bytes: &[u8]) {
        self.incoming.extend_from_slice(bytes);
        while let Some([.., high, low]) = self.incoming.first_chunk::<RECORD_HEADER_BYTES>() {
            let length = RECORD_HEADER_BYTES + usize::from(u16::from_be_bytes([*high, *low]));
            if self.incoming.len() < length {
                break;
            }
            let record: Vec<u8> = self.incoming.drain(..length).collect();
            self.take_record(&record);
        }
    }

    fn has_said_all(&self) -> bool {
        self.left.is_empty() && self.outgoing.is_empty()
    }

    fn seen(&self) -> Seen {
        self.seen
    }
}

/// The first handshake message of a flight of whole records in plaintext.
pub(crate) fn in_record(message: &[u8]) -> Vec<u8> {
    debug_assert!(message.len() >= MESSAGE_HEADER_BYTES);
    pinata_puppet::record::plain(HANDSHAKE, message)
}
