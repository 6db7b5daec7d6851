//! One TLS connection: runs the library to rest after each arrival, feeds the gate, and says when a peer has earned the
//! release.

use crate::buffer::{Full, Incoming, Stock};
use crate::slot::{Observed, Slot};
use crate::turn::{Farewell, Step, Turn};
use crate::verifier::short;
use alloc::vec::Vec;
use pinata_channel::Detail;
use pinata_gate::{Authenticated, Event, State};
use rustls::client::UnbufferedClientConnection;
use rustls::server::UnbufferedServerConnection;
use rustls::{CommonState, Error, ProtocolVersion};

#[cfg(test)]
mod tests;

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Handshaking,
    /// The handshake is complete and the gate has spoken.
    Established,
    /// Everything that is ever to be said is in [`Session::pending`]; further records are only read for the peer's alert.
    Closing,
    /// Refused; an alert may be in [`Session::pending`]. What still arrives is not looked at.
    Failed,
}

pub(crate) enum Connection {
    Server(UnbufferedServerConnection),
    Client(UnbufferedClientConnection),
}

impl From<UnbufferedServerConnection> for Connection {
    fn from(connection: UnbufferedServerConnection) -> Self {
        Connection::Server(connection)
    }
}

impl From<UnbufferedClientConnection> for Connection {
    fn from(connection: UnbufferedClientConnection) -> Self {
        Connection::Client(connection)
    }
}

impl Connection {
    fn common(&self) -> &CommonState {
        match self {
            Connection::Server(connection) => connection,
            Connection::Client(connection) => connection,
        }
    }
}

/// See the crate's documentation for how it is driven.
pub struct Session {
    connection: Connection,
    incoming: Incoming,
    outgoing: Vec<u8>,
    observed: Observed,
    authenticated: Option<Authenticated>,
    phase: Phase,
    slot: &'static Slot,
}

impl Session {
    pub(crate) fn new(connection: Connection, slot: &'static Slot, stock: &'static Stock) -> Session {
        let mut session = Session {
            connection,
            incoming: Incoming::new(stock),
            outgoing: Vec::new(),
            observed: Observed::default(),
            authenticated: None,
            phase: Phase::Handshaking,
            slot,
        };
        session.advance(Event::Open);
        session.run(None);
        session
    }

    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Where the transport writes; never empty.
    pub fn space(&mut self) -> &mut [u8] {
        self.incoming.space()
    }

    /// `n` bytes arrived in [`Self::space`].
    pub fn received(&mut self, n: usize) {
        if self.phase == Phase::Failed {
            return;
        }
        self.incoming.filled(n);
        self.advance(Event::Bytes);
        self.run(None);
        if let Err(full) = self.incoming.make_room() {
            self.observed.notes.push(Detail::Limit {
                which: match full {
                    Full::Message => "bytes",
                    Full::Stock => "memory",
                },
            });
            self.refuse(Event::Error);
        }
    }

    /// Bytes for the peer, oldest first.
    pub fn pending(&self) -> &[u8] {
        &self.outgoing
    }

    /// The first `n` bytes of [`Self::pending`] were handed to TCP.
    pub fn sent(&mut self, n: usize) {
        self.outgoing.drain(..n.min(self.outgoing.len()));
        if self.outgoing.is_empty() && self.phase == Phase::Closing {
            self.advance(Event::Sent);
        }
    }

    /// The proof that the peer completed the handshake: there at most once.
    pub fn take_authenticated(&mut self) -> Option<Authenticated> {
        self.authenticated.take()
    }

    /// What happened since the last call, in order.
    pub fn take_notes(&mut self) -> Vec<Detail> {
        core::mem::take(&mut self.observed.notes)
    }

    /// The two handshake secrets, as an event; there at most once.
    pub fn take_secrets(&mut self) -> Option<Detail> {
        let secrets = self.observed.secrets.take()?;
        Some(Detail::HandshakeSecrets {
            client_random: secrets.client_random,
            client: secrets.client,
            server: secrets.server,
        })
    }

    /// Encrypts the release document and close_notify. `to_self`: the peer is the guest's own other role.
    pub fn release(&mut self, document: &[u8], to_self: bool) {
        if self.phase == Phase::Established {
            self.run(Some(Farewell { document, to_self }));
        }
    }

    /// Nothing more will be taken from or told to the peer than what is pending. A proof that nobody took is void.
    pub fn refuse(&mut self, event: Event) {
        self.advance(event);
        self.authenticated = None;
        self.phase = Phase::Failed;
        self.incoming.clear();
    }

    /// The gate's state, for tests and invariants.
    pub fn gate(&self) -> State {
        self.observed.gate.state()
    }

    /// No event but [`Event::FinishedOk`] completes an authentication, and only [`Self::finish`] raises that one.
    fn advance(&mut self, event: Event) {
        let _none = self.observed.advance(event);
    }

    /// Runs the library until it needs more input, with this connection in the slot.
    fn run(&mut self, mut farewell: Option<Farewell<'_>>) {
        self.slot.enter(core::mem::take(&mut self.observed));
        let mut failure = None;
        // After an error the library is only asked for what it still has to say, its alert: asked to read on, it would
        // find the same fault and say it twice.
        while failure.is_none() || self.connection.common().wants_write() {
            let unread = self.incoming.unread();
            let is_over = self.phase == Phase::Closing;
            let mut turn = Turn { outgoing: &mut self.outgoing, slot: self.slot, farewell: &mut farewell, is_over };
            let (discard, step) = match &mut self.connection {
                Connection::Server(connection) => turn.take(connection.process_tls_records(unread)),
                Connection::Client(connection) => turn.take(connection.process_tls_records(unread)),
            };
            self.incoming.discard(discard);
            match step {
                Step::Again => {}
                Step::Rest => break,
                Step::Said => {
                    self.phase = Phase::Closing;
                    break;
                }
                Step::PeerClosed => self.slot.note(Detail::AlertReceived { code: 0 }),
                Step::Failed(error) => failure = failure.or(Some(error)),
                Step::Writable if self.phase == Phase::Handshaking => {
                    self.phase = Phase::Established;
                    break;
                }
                Step::Writable => break,
            }
        }
        self.observed = self.slot.leave();
        match failure {
            Some(error) => self.fail(&error),
            None if self.phase == Phase::Established && self.gate() != State::Released => self.finish(),
            None => {}
        }
    }

    /// The handshake is complete in the library's eyes. Only a mutual one goes to the gate, which decides.
    fn finish(&mut self) {
        let common = self.connection.common();
        let is_tls13 = common.protocol_version() == Some(ProtocolVersion::TLSv1_3);
        let has_peer = common.peer_certificates().is_some_and(|chain| !chain.is_empty());
        let suite = common.negotiated_cipher_suite().map_or(0, |suite| suite.suite().into());
        let group = common.negotiated_key_exchange_group().map_or(0, |group| group.name().into());
        if is_tls13 && has_peer && self.observed.has_signed {
            self.authenticated = self.observed.advance(Event::FinishedOk);
        }
        if self.authenticated.is_some() {
            self.observed.notes.push(Detail::Finished { suite, group });
        } else {
            self.observed.notes.push(Detail::TlsError { what: "finished without authentication".into() });
            self.refuse(Event::Error);
        }
    }

    fn fail(&mut self, error: &Error) {
        let after_release = self.phase == Phase::Closing;
        self.observed.notes.push(match error {
            Error::AlertReceived(code) => Detail::AlertReceived { code: (*code).into() },
            other => Detail::TlsError { what: short(other) },
        });
        self.refuse(if after_release { Event::Bytes } else { Event::Error });
    }
}
