//! One TCP connection, from its preface to its last event.
//!
//! ```text
//!  Preface ──good──▶ Talking ──released, refused, timed out, peer's FIN──▶ Closing ──peer's FIN, patience over──▶ Over
//!     └───bad, silent──────────────────────────────────────────────────────────────────────────▶ Over
//! ```

use crate::Micros;
use crate::guest::Shared;
use crate::tags::Role;
use alloc::boxed::Box;
use pinata_channel::{Detail, Event, Limits, Outbox, Report};
use pinata_gate::Event as GateEvent;
use pinata_preface::{AttemptId, PREFACE_BYTES, Refusal};
use pinata_tls::{Phase, Session};

const MICROS_PER_MILLISECOND: u64 = 1_000;
/// The gateway sends the preface at once.
const PREFACE_DEADLINE: Micros = 5_000_000;
/// How long, and how much, the guest reads after its own last byte, so that a reset does not overtake an alert.
const LINGER: Micros = 5_000_000;
const LINGER_BYTES_MAX: usize = 65_536;

/// What the transport should do with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Go on.
    Keep,
    /// Send what is pending, then FIN, and go on reading: unread bytes would turn the close into a reset and lose an alert.
    CloseWrite,
    /// Reset it, then `forget` it.
    Abort,
    /// Both sides are finished: close it and `forget` it.
    Done,
}

/// Who ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closer {
    Peer,
    Guest,
    Reset,
    Timeout,
}

impl Closer {
    const fn name(self) -> &'static str {
        match self {
            Closer::Peer => "peer",
            Closer::Guest => "guest",
            Closer::Reset => "reset",
            Closer::Timeout => "timeout",
        }
    }
}

/// What a connection may use while it acts.
pub(crate) struct Context<'a> {
    pub shared: &'a mut Shared,
    pub outbox: &'a mut Outbox,
    pub now: Micros,
}

enum Stage {
    Preface { header: [u8; PREFACE_BYTES], filled: usize },
    Talking { session: Box<Session>, bytes: usize },
    Closing { session: Box<Session>, by: Closer, released: bool, peer_closed: bool, bytes: usize },
    Over { aborted: bool },
}

pub(crate) struct Connection {
    role: Role,
    port: u16,
    attempt: Option<AttemptId>,
    stage: Stage,
    deadline: Micros,
    handshake_deadline: Micros,
    tag: Option<[u8; 32]>,
}

impl Connection {
    pub(crate) fn new(role: Role, port: u16, now: Micros, limits: &Limits) -> Connection {
        let handshake_deadline = now.saturating_add(limits.handshake_ms * MICROS_PER_MILLISECOND);
        Connection {
            role,
            port,
            attempt: None,
            stage: Stage::Preface { header: [0; PREFACE_BYTES], filled: 0 },
            deadline: handshake_deadline.min(now.saturating_add(PREFACE_DEADLINE)),
            handshake_deadline,
            tag: None,
        }
    }

    pub(crate) fn role(&self) -> Role {
        self.role
    }

    pub(crate) fn deadline(&self) -> Option<Micros> {
        match self.stage {
            Stage::Over { .. } => None,
            _ => Some(self.deadline),
        }
    }

    pub(crate) fn wish(&self) -> Wish {
        match self.stage {
            Stage::Preface { .. } | Stage::Talking { .. } => Wish::Keep,
            Stage::Closing { .. } => Wish::CloseWrite,
            Stage::Over { aborted: true } => Wish::Abort,
            Stage::Over { aborted: false } => Wish::Done,
        }
    }

    pub(crate) fn space(&mut self) -> &mut [u8] {
        match &mut self.stage {
            Stage::Preface { header, filled } => &mut header[*filled..],
            Stage::Talking { session, .. } | Stage::Closing { session, .. } => session.space(),
            Stage::Over { .. } => &mut [],
        }
    }

    pub(crate) fn pending(&self) -> &[u8] {
        match &self.stage {
            Stage::Talking { session, .. } | Stage::Closing { session, .. } => session.pending(),
            Stage::Preface { .. } | Stage::Over { .. } => &[],
        }
    }

    pub(crate) fn received(&mut self, n: usize, context: &mut Context<'_>) {
        match &mut self.stage {
            Stage::Preface { header, filled } => {
                *filled = PREFACE_BYTES.min(*filled + n);
                if *filled == PREFACE_BYTES {
                    let header = *header;
                    self.open(&header, context);
                }
            }
            Stage::Talking { session, bytes } => {
                *bytes = bytes.saturating_add(n);
                let over = *bytes > context.shared.limits.bytes_before_auth;
                context.shared.engine.set_time(context.shared.unix_seconds(context.now));
                session.received(n);
                self.follow(context);
                if over && matches!(self.stage, Stage::Talking { .. }) {
                    self.refuse(Detail::Limit { which: "bytes" }, GateEvent::Error, Closer::Guest, context);
                }
            }
            Stage::Closing { session, bytes, .. } => {
                *bytes = bytes.saturating_add(n);
                let over = *bytes > LINGER_BYTES_MAX;
                session.received(n);
                self.tell_notes(context);
                if over {
                    self.finish(None, true, context);
                }
            }
            Stage::Over { .. } => {}
        }
    }

    pub(crate) fn sent(&mut self, n: usize, context: &mut Context<'_>) {
        match &mut self.stage {
            Stage::Talking { session, .. } => session.sent(n),
            Stage::Closing { session, peer_closed, .. } => {
                session.sent(n);
                let drained = session.pending().is_empty();
                if drained && *peer_closed {
                    self.finish(None, false, context);
                } else if drained && n > 0 {
                    self.deadline = context.now.saturating_add(LINGER);
                }
            }
            Stage::Preface { .. } | Stage::Over { .. } => {}
        }
    }

    pub(crate) fn peer_closed(&mut self, context: &mut Context<'_>) {
        match &mut self.stage {
            Stage::Preface { .. } => self.finish(Some(Closer::Peer), false, context),
            Stage::Talking { session, .. } => {
                session.refuse(GateEvent::Close);
                self.close(Closer::Peer, false, context);
                self.peer_closed(context);
            }
            Stage::Closing { session, peer_closed, .. } => {
                *peer_closed = true;
                if session.pending().is_empty() {
                    self.finish(None, false, context);
                }
            }
            Stage::Over { .. } => {}
        }
    }

    pub(crate) fn reset(&mut self, context: &mut Context<'_>) {
        match &self.stage {
            Stage::Over { .. } => {}
            // Everything had been said, and one side had begun to close: a late reset changes nothing.
            Stage::Closing { session, .. } if session.pending().is_empty() => self.finish(None, false, context),
            _ => self.finish(Some(Closer::Reset), false, context),
        }
    }

    pub(crate) fn tick(&mut self, context: &mut Context<'_>) {
        if context.now < self.deadline {
            return;
        }
        match &self.stage {
            Stage::Preface { .. } => {
                self.tell(Detail::PrefaceBad { port: self.port, reason: "timeout" }, context);
                self.finish(Some(Closer::Timeout), true, context);
            }
            Stage::Talking { .. } => {
                self.refuse(Detail::Limit { which: "handshake" }, GateEvent::Timeout, Closer::Timeout, context);
            }
            Stage::Closing { session, released, .. } => {
                if *released && !session.pending().is_empty() {
                    self.tell(Detail::Limit { which: "release" }, context);
                    self.finish(Some(Closer::Timeout), true, context);
                } else {
                    self.finish(None, true, context);
                }
            }
            Stage::Over { .. } => {}
        }
    }

    /// A whole preface is there.
    fn open(&mut self, header: &[u8; PREFACE_BYTES], context: &mut Context<'_>) {
        let shared = &mut *context.shared;
        let replays = &mut shared.replays[usize::from(self.role == Role::Client)];
        let opened = shared.preface.open(header, self.port).and_then(|id| replays.admit(id).map(|()| id));
        let attempt = match opened {
            Ok(attempt) => attempt,
            Err(refusal) => {
                let reason = match refusal {
                    Refusal::Form => "form",
                    Refusal::Mac => "mac",
                    Refusal::Replay => "replay",
                };
                self.tell(Detail::PrefaceBad { port: self.port, reason }, context);
                return self.finish(Some(Closer::Guest), true, context);
            }
        };
        self.attempt = Some(attempt);
        self.tell(Detail::Accepted { port: self.port }, context);
        context.shared.engine.set_time(context.shared.unix_seconds(context.now));
        let session = match self.role {
            Role::Server => context.shared.engine.server(),
            Role::Client => context.shared.engine.client(),
        };
        match session {
            Ok(session) => {
                self.stage = Stage::Talking { session: Box::new(session), bytes: 0 };
                self.deadline = self.handshake_deadline;
                self.follow(context);
            }
            Err(_) => {
                self.tell(Detail::TlsError { what: "no session".into() }, context);
                self.finish(Some(Closer::Guest), true, context);
            }
        }
    }

    /// After the library ran: tells what it noted, releases if the gate says so, closes if it refused.
    fn follow(&mut self, context: &mut Context<'_>) {
        let peer_alerted = self.tell_notes(context);
        let Stage::Talking { session, .. } = &mut self.stage else { return };
        if let Some(proof) = session.take_authenticated() {
            let to_self = self.tag.is_some_and(|tag| context.shared.tags.is_self(&tag));
            let document = context.shared.vault.release(proof);
            session.release(&document, to_self);
            self.tell_notes(context);
            self.close(Closer::Guest, true, context);
        } else if session.phase() == Phase::Failed {
            self.close(if peer_alerted { Closer::Peer } else { Closer::Guest }, false, context);
        }
    }

    /// Ends the talk for a reason of our own.
    fn refuse(&mut self, why: Detail, event: GateEvent, by: Closer, context: &mut Context<'_>) {
        self.tell(why, context);
        if let Stage::Talking { session, .. } = &mut self.stage {
            session.refuse(event);
        }
        self.close(by, false, context);
    }

    /// From here on only what is pending is sent, and the peer's end awaited.
    fn close(&mut self, by: Closer, released: bool, context: &Context<'_>) {
        let patience = match released {
            true => context.shared.limits.release_ms * MICROS_PER_MILLISECOND,
            false => LINGER,
        };
        self.deadline = context.now.saturating_add(patience);
        let stage = core::mem::replace(&mut self.stage, Stage::Over { aborted: true });
        if let Stage::Talking { session, .. } = stage {
            self.stage = Stage::Closing { session, by, released, peer_closed: false, bytes: 0 };
        }
    }

    /// The end. `by`: overrides who began to close. The connection's memory is freed, and `closed` is its last event.
    fn finish(&mut self, by: Option<Closer>, aborted: bool, context: &mut Context<'_>) {
        let stage = core::mem::replace(&mut self.stage, Stage::Over { aborted });
        let (began, session) = match stage {
            Stage::Closing { session, by, .. } => (by, Some(session)),
            Stage::Talking { session, .. } => (Closer::Guest, Some(session)),
            Stage::Preface { .. } | Stage::Over { .. } => (Closer::Guest, None),
        };
        if let Some(mut session) = session {
            session.refuse(GateEvent::Close);
            if let Some(secrets) = session.take_secrets() {
                self.tell(secrets, context);
            }
        }
        self.tell(Detail::Closed { by: by.unwrap_or(began).name() }, context);
    }

    /// Reports what the session noted. Returns whether the peer sent an alert.
    fn tell_notes(&mut self, context: &mut Context<'_>) -> bool {
        let notes = match &mut self.stage {
            Stage::Talking { session, .. } | Stage::Closing { session, .. } => session.take_notes(),
            Stage::Preface { .. } | Stage::Over { .. } => return false,
        };
        let mut peer_alerted = false;
        for note in notes {
            match &note {
                Detail::SessionTag { tag } => {
                    context.shared.tags.saw(tag, self.role);
                    self.tag = Some(*tag);
                }
                Detail::AlertReceived { .. } => peer_alerted = true,
                _ => {}
            }
            self.tell(note, context);
        }
        peer_alerted
    }

    fn tell(&self, detail: Detail, context: &mut Context<'_>) {
        context.outbox.push(&Report::Event(Event { id: self.attempt, us: context.now, detail }));
    }
}
