//! The release automaton. One [`Gate`] stands beside each connection; it is the only place where a proof of
//! authentication can come into being.
//!
//! ```text
//!  Closed ──Open──▶ Handshaking ──ChainOk──▶ ChainVerified ──PossessionOk──▶ PossessionVerified ──FinishedOk──▶ Released
//!     any event out of this order, and any error or timeout ──▶ Dead, which only Open leaves
//! ```
//!
//! [`step`] is total over 6 states × 9 events, does no arithmetic and cannot panic; `vectors/gate.txt` lists its 54 rows.
#![no_std]
#![forbid(unsafe_code)]

/// What has been established about a connection so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No connection.
    Closed,
    /// Open; nothing is known about the peer.
    Handshaking,
    /// The peer's certificate chains to our authority and has the right usage.
    ChainVerified,
    /// The peer signed this handshake with that certificate's key.
    PossessionVerified,
    /// The handshake was complete and the secret was let go, once.
    Released,
    /// Something was wrong. Nothing but a new connection helps.
    Dead,
}

/// What happened to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A connection begins.
    Open,
    /// Bytes came from the peer.
    Bytes,
    /// The certificate verifier accepted the peer's chain.
    ChainOk,
    /// The signature verifier accepted the peer's CertificateVerify.
    PossessionOk,
    /// The TLS library lets application data flow, with TLS 1.3 and a peer certificate.
    FinishedOk,
    /// The TLS library, a verifier or a limit refused something.
    Error,
    /// A deadline passed.
    Timeout,
    /// The connection ended.
    Close,
    /// Everything that was to be said has been handed to TCP.
    Sent,
}

/// What the caller must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    None,
    /// Let the secret go.
    Release,
}

/// Proof that a peer completed a mutually authenticated handshake. Only [`Gate::advance`] makes one, it cannot be copied,
/// and the vault consumes it.
#[derive(Debug)]
pub struct Authenticated(());

/// The automaton itself.
pub const fn step(state: State, event: Event) -> (State, Action) {
    let next = match (state, event) {
        (State::PossessionVerified, Event::FinishedOk) => return (State::Released, Action::Release),
        (State::Closed | State::Dead, Event::Open) => State::Handshaking,
        (State::Handshaking, Event::ChainOk) => State::ChainVerified,
        (State::ChainVerified, Event::PossessionOk) => State::PossessionVerified,
        (State::Closed, _) => State::Closed,
        (State::Dead, _) => State::Dead,
        (live, Event::Bytes | Event::Sent) => live,
        (_, Event::Close) => State::Closed,
        (_, Event::Open | Event::ChainOk | Event::PossessionOk | Event::FinishedOk) => State::Dead,
        (_, Event::Error | Event::Timeout) => State::Dead,
    };
    (next, Action::None)
}

/// The automaton of one connection.
#[derive(Debug)]
pub struct Gate {
    state: State,
}

impl Gate {
    /// A gate without a connection.
    pub const fn new() -> Gate {
        Gate { state: State::Closed }
    }

    pub const fn state(&self) -> State {
        self.state
    }

    /// Takes one event. `Some` exactly when this event completes an authentication.
    pub const fn advance(&mut self, event: Event) -> Option<Authenticated> {
        let (state, action) = step(self.state, event);
        self.state = state;
        match action {
            Action::Release => Some(Authenticated(())),
            Action::None => None,
        }
    }
}

impl Default for Gate {
    fn default() -> Self {
        Gate::new()
    }
}
