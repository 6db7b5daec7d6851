//! Everything the guest does that is not hardware: bytes in, bytes out, and a clock that is handed in. It builds and runs
//! on any host.
//!
//! ```text
//!  supervisor ◀─ channel_* ─▶ Service ◀─ accept, space/received, pending/sent, peer_closed, reset, wish ─▶ TCP
//!                               │
//!        Waiting ──provision──▶ Guest: limits, preface, TLS engine, vault ──▶ Connection per place
//! ```
//! The transport owns sockets and asks [`Service::wish`] after every call what to do with each.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod connection;
mod guest;
mod places;
mod tags;

pub use connection::Wish;
pub use pinata_channel::fault_frame;
pub use pinata_vault::{PAGE_BYTES, Page};
pub use places::ConnectionId;

use alloc::boxed::Box;
use alloc::string::String;
use connection::Context;
use guest::Guest;
use pinata_channel::{Command, Detail, Event, Inbox, Outbox, Report};
use pinata_entropy::Generator;

/// Microseconds of the guest's monotonic clock, since its entry point.
pub type Micros = u64;

/// TCP port of the role in which the peer is the client.
pub const SERVER_PORT: u16 = 10_000;
/// TCP port of the role in which the peer is the server, on a connection that it opened.
pub const CLIENT_PORT: u16 = 10_002;

/// What the service needs from the machine.
pub struct Hardware {
    /// The memory that will hold the secret.
    pub page: Box<dyn Page>,
}

/// What the guest as a whole is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// No provision yet: no listening.
    Waiting,
    /// Accepting connections.
    Serving,
    /// Flush the channel, then halt (`Stop`, `Planned`) or die (`Fault`).
    Stopping(Reason),
}

/// Why the guest stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The supervisor asked.
    Stop,
    /// The planned end of this boot: lifetime or signature cap. A `limit` event without an id says which.
    Planned,
    /// The service cannot go on; a `fault` frame is already queued.
    Fault,
}

/// The guest without its hardware.
pub struct Service {
    generator: &'static Generator,
    page: Option<Box<dyn Page>>,
    inbox: Inbox,
    outbox: Outbox,
    stage: Stage,
    guest: Option<Guest>,
}

impl Service {
    /// A service that waits for its `provision`; `hello` is already pending on the channel. `seed` is full entropy. The
    /// generator stays for ever: a boot has one service.
    pub fn new(seed: [u8; 32], hardware: Hardware) -> Service {
        let generator: &'static Generator = Box::leak(Box::new(Generator::new()));
        generator.seed(&seed);
        let mut outbox = Outbox::new();
        outbox.push(&Report::Hello { image: String::from(env!("CARGO_PKG_VERSION")) });
        Service {
            generator,
            page: Some(hardware.page),
            inbox: Inbox::new(),
            outbox,
            stage: Stage::Waiting,
            guest: None,
        }
    }

    /// Mixes fresh entropy into the generator.
    pub fn reseed(&mut self, seed: &[u8; 32]) {
        self.generator.seed(seed);
    }

    /// Random bytes for the machine's own needs (TCP sequence numbers, placement).
    pub fn random(&mut self, out: &mut [u8]) {
        self.generator.fill(out).expect("seeded at construction");
    }

    /// The host's figure for the TSC. `None`: not provisioned. `Some(0)`: the host does not know.
    pub fn tsc_khz(&self) -> Option<u64> {
        self.guest.as_ref().map(Guest::tsc_khz)
    }

    /// Simultaneous connections that the transport must be able to hold, as (server role, client role), spare places
    /// included; (0, 0) before provision.
    pub fn places(&self) -> (usize, usize) {
        self.guest.as_ref().map_or((0, 0), Guest::places)
    }

    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Bytes came from the supervisor. The caller erases its own buffer afterwards: provision carries the secret.
    pub fn channel_received(&mut self, bytes: &[u8], now: Micros) {
        let mut rest = bytes;
        while !matches!(self.stage, Stage::Stopping(_)) {
            match self.inbox.take(&mut rest) {
                None => break,
                Some(Ok(command)) => self.obey(command, now),
                Some(Err(malformed)) => self.fault(&alloc::format!("channel: {malformed:?}")),
            }
        }
    }

    /// Bytes for the supervisor, oldest first; bounded.
    pub fn channel_pending(&self) -> &[u8] {
        self.outbox.pending()
    }

    /// The first `n` bytes of [`Self::channel_pending`] have been taken.
    pub fn channel_sent(&mut self, n: usize) {
        self.outbox.sent(n);
    }

    /// The number of the next frame, for one that the panic handler writes with [`fault_frame`] behind what is pending.
    pub fn next_sequence(&self) -> u64 {
        self.outbox.next_sequence()
    }

    /// A TCP connection came on `port`. `None`: no place for it, reset it.
    pub fn accept(&mut self, port: u16, now: Micros) -> Option<ConnectionId> {
        if self.stage != Stage::Serving {
            return None;
        }
        let id = self.guest.as_mut()?.accept(port, now);
        if id.is_none() {
            let detail = Detail::Limit { which: "places" };
            self.outbox.push(&Report::Event(Event { id: None, us: now, detail }));
        }
        id
    }

    /// Where the transport writes what it read; empty when the connection reads no more.
    pub fn space(&mut self, c: ConnectionId) -> &mut [u8] {
        self.guest.as_mut().and_then(|guest| guest.connection_mut(c)).map_or(&mut [], |connection| connection.space())
    }

    /// `n` bytes were written to the front of [`Self::space`].
    pub fn received(&mut self, c: ConnectionId, n: usize, now: Micros) {
        self.on(c, now, |connection, context| connection.received(n, context));
        self.check_signatures(now);
    }

    /// Bytes to send, oldest first.
    pub fn pending(&self, c: ConnectionId) -> &[u8] {
        self.guest.as_ref().and_then(|guest| guest.connection(c)).map_or(&[], |connection| connection.pending())
    }

    /// The first `n` bytes of [`Self::pending`] were handed to TCP.
    pub fn sent(&mut self, c: ConnectionId, n: usize, now: Micros) {
        self.on(c, now, |connection, context| connection.sent(n, context));
    }

    /// The peer sent FIN, and everything before it has been given to [`Self::received`].
    pub fn peer_closed(&mut self, c: ConnectionId, now: Micros) {
        self.on(c, now, |connection, context| connection.peer_closed(context));
    }

    /// The connection was reset or broke.
    pub fn reset(&mut self, c: ConnectionId, now: Micros) {
        self.on(c, now, |connection, context| connection.reset(context));
    }

    /// What to do with the connection now.
    pub fn wish(&self, c: ConnectionId) -> Wish {
        self.guest.as_ref().and_then(|guest| guest.connection(c)).map_or(Wish::Abort, |connection| connection.wish())
    }

    /// The transport no longer holds the connection; its place is free again. Counts as a reset if it was not over.
    pub fn forget(&mut self, c: ConnectionId, now: Micros) {
        self.reset(c, now);
        if let Some(guest) = self.guest.as_mut() {
            guest.forget(c);
        }
    }

    /// Applies deadlines; call it before asking for wishes, which it may change. Cheap when none is due.
    pub fn tick(&mut self, now: Micros) {
        let Some(guest) = self.guest.as_mut() else { return };
        guest.tick(&mut self.outbox, now);
        if guest.is_past_lifetime(now) {
            self.end("lifetime", now);
        }
    }

    /// When [`Self::tick`] has something to do next.
    pub fn next_deadline(&self) -> Option<Micros> {
        self.guest.as_ref().map(Guest::next_deadline)
    }

    /// For when there is nothing else to do: makes a self-check that a connection would otherwise wait for. False: there is none.
    pub fn check_ahead(&mut self) -> bool {
        self.guest.as_ref().is_some_and(Guest::check_ahead)
    }

    fn on(&mut self, c: ConnectionId, now: Micros, run: impl FnOnce(&mut connection::Connection, &mut Context<'_>)) {
        if let Some(guest) = self.guest.as_mut() {
            guest.on(c, &mut self.outbox, now, run);
        }
    }

    fn obey(&mut self, command: Command, now: Micros) {
        match command {
            Command::Provision(provision) => {
                let Some(page) = self.page.take() else { return self.fault("provisioned twice") };
                match Guest::new(*provision, page, self.generator, now) {
                    Ok(guest) => {
                        self.outbox.push(&guest.ready(now));
                        self.guest = Some(guest);
                        self.stage = Stage::Serving;
                    }
                    Err(reason) => self.fault(&alloc::format!("provision: {reason:?}")),
                }
            }
            Command::Prove { root } => {
                let Some(guest) = self.guest.as_mut() else { return self.fault("prove before provision") };
                match guest.prove(&root) {
                    Some(proof) => self.outbox.push(&proof),
                    None => return self.fault("prove: the vault's page is damaged"),
                }
                self.check_signatures(now);
            }
            Command::Stop => self.stage = Stage::Stopping(Reason::Stop),
        }
    }

    fn check_signatures(&mut self, now: Micros) {
        if self.guest.as_ref().is_some_and(Guest::is_past_signatures) {
            self.end("signatures", now);
        }
    }

    /// The planned end of this boot.
    fn end(&mut self, which: &'static str, now: Micros) {
        if self.stage == Stage::Serving {
            self.stage = Stage::Stopping(Reason::Planned);
            self.outbox.push(&Report::Event(Event { id: None, us: now, detail: Detail::Limit { which } }));
        }
    }

    fn fault(&mut self, reason: &str) {
        self.stage = Stage::Stopping(Reason::Fault);
        self.outbox.push(&Report::Fault { reason: String::from(reason), location: String::from("service") });
    }
}
