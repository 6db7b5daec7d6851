//! The real engine against puppets, in memory, and what must hold in any handshake whatever.
#![allow(dead_code)] // Each test file uses a part.

use pinata_channel::{Detail, GivenAuthority};
use pinata_entropy::Generator;
use pinata_gate::{Event, State};
use pinata_puppet::corpus::{Mutant, Reach};
use pinata_puppet::{Authority, Outcome, Puppet, Role, Script};
use pinata_tls::{Engine, Phase, Session, trace};

/// In 2027.
pub const NOW: u64 = 1_800_000_000;
pub const DOCUMENT: &[u8] = b"the release document";
const CHAIN_MAX: usize = 8;

pub fn generator() -> &'static Generator {
    let generator: &'static Generator = Box::leak(Box::new(Generator::new()));
    generator.seed(&[1; 32]);
    generator
}

/// The authority whose leaves puppets have, and whose key this test has.
pub fn authority() -> Authority {
    Authority::new(&[7; 32], "test authority")
}

/// A guest's engine under this authority.
pub fn engine(authority: &Authority) -> Engine {
    let given = GivenAuthority {
        ca: authority.certificate.clone(),
        server: authority.server.chain[0].clone(),
        client: authority.client.chain[0].clone(),
        server_key: authority.server.scalar().into(),
        client_key: authority.client.scalar().into(),
    };
    Engine::new(pinata_tls::Authority::given(&given, NOW).unwrap(), generator(), CHAIN_MAX).unwrap()
}

/// One handshake, from the guest's side and from the puppet's.
pub struct Ran {
    pub released: bool,
    pub notes: Vec<Detail>,
    /// Whether the peer's bytes were still looked at in the end.
    pub phase: Phase,
    pub outcome: Outcome,
}

impl Ran {
    /// How far the guest came.
    pub fn reached(&self) -> Reach {
        let has = |kind| self.notes.iter().any(|note| note.kind() == kind);
        if self.released {
            Reach::Release("it was")
        } else if has("possession_ok") {
            Reach::Possession
        } else if has("chain_ok") {
            Reach::Chain
        } else if has("certificate") {
            Reach::Certificate
        } else {
            Reach::Nothing
        }
    }

    /// The reasons that were told.
    fn why(&self) -> String {
        let reasons = self.notes.iter().filter_map(|note| match note {
            Detail::TlsError { what: reason }
            | Detail::ChainRejected { reason }
            | Detail::PossessionRejected { reason, .. } => Some(&reason[..]),
            _ => None,
        });
        reasons.collect::<Vec<_>>().join("; ")
    }

    pub fn kinds(&self) -> Vec<&'static str> {
        self.notes.iter().map(Detail::kind).collect()
    }
}

/// A session of the guest's whose gate is watched.
pub struct Watched {
    pub session: Session,
    pub notes: Vec<Detail>,
    /// It says nothing to whoever has earned it, so that all it says is the handshake.
    pub is_silent: bool,
}

impl Watched {
    /// `peer`: the role of whoever is at the other end.
    pub fn new(engine: &Engine, peer: Role) -> Watched {
        trace::take();
        let session = match peer {
            Role::Client => engine.server().unwrap(),
            Role::Server => engine.client().unwrap(),
        };
        assert_eq!(trace::take(), [(Event::Open, State::Handshaking)]);
        let mut watched = Watched { session, notes: Vec::new(), is_silent: false };
        watched.notes = watched.session.take_notes();
        watched
    }

    /// All that is pending, as if TCP had taken it.
    pub fn take_pending(&mut self) -> Vec<u8> {
        let bytes = self.session.pending().to_vec();
        self.session.sent(bytes.len());
        let is_said = self.session.phase() == Phase::Closing;
        assert_eq!(heard(), if is_said { vec![Event::Sent] } else { vec![] });
        bytes
    }

    /// Lets bytes arrive, and releases as the service does: if the gate says so. How many times?
    pub fn receive(&mut self, mut bytes: &[u8]) -> usize {
        let mut releases = 0;
        while !bytes.is_empty() {
            let space = self.session.space();
            let n = space.len().min(bytes.len());
            space[..n].copy_from_slice(&bytes[..n]);
            bytes = &bytes[n..];
            releases += usize::from(self.receive_some(n));
        }
        releases
    }

    /// `n` bytes are in the session's space. The gate must hear exactly what the session tells, in order.
    fn receive_some(&mut self, n: usize) -> bool {
        let before = self.session.phase();
        self.session.received(n);
        let notes = self.session.take_notes();
        // After a good end nothing has failed, unless something else is told.
        let is_goodbye = self.session.phase() != Phase::Failed || notes.iter().any(|note| note.kind() == "tls_error");
        let told = notes.iter().filter_map(|note| told(note, before, is_goodbye));
        let expected: Vec<Event> = (before != Phase::Failed).then_some(Event::Bytes).into_iter().chain(told).collect();
        assert_eq!(heard(), expected, "{notes:?}");
        self.notes.extend(notes);
        self.release_if_earned()
    }

    fn release_if_earned(&mut self) -> bool {
        let is_authenticated = self.session.take_authenticated().is_some();
        if is_authenticated {
            assert_eq!(self.session.gate(), State::Released);
        }
        if is_authenticated && !self.is_silent {
            self.session.release(DOCUMENT, false);
            self.notes.extend(self.session.take_notes());
            assert_eq!(heard(), []);
        }
        is_authenticated
    }
}

fn heard() -> Vec<Event> {
    trace::take().into_iter().map(|(event, _)| event).collect()
}

/// What the gate must hear when the session notes this.
fn told(note: &Detail, phase: Phase, is_goodbye: bool) -> Option<Event> {
    // After a release nothing is wrong enough to take it back.
    let failure = if phase == Phase::Closing { Event::Bytes } else { Event::Error };
    match note {
        Detail::ChainOk => Some(Event::ChainOk),
        Detail::PossessionOk { .. } => Some(Event::PossessionOk),
        Detail::Finished { .. } => Some(Event::FinishedOk),
        Detail::ChainRejected { .. } | Detail::PossessionRejected { .. } => Some(Event::Error),
        Detail::TlsError { .. } => Some(failure),
        Detail::AlertReceived { code: 0 } if is_goodbye => None,
        Detail::AlertReceived { .. } => Some(failure),
        Detail::Limit { which: "bytes" | "memory" } => Some(Event::Error),
        _ => None,
    }
}

/// Runs a puppet against the guest's other role until neither has anything to say. What the puppet says arrives in `pieces`
/// of this many bytes.
pub fn run(engine: &Engine, role: Role, script: Script, pieces: usize) -> Ran {
    let mut guest = Watched::new(engine, role);
    let mut puppet = Puppet::new(role, script);
    let mut releases = 0;
    loop {
        let from_guest = guest.take_pending();
        puppet.received(&from_guest);
        let from_puppet = puppet.take_outgoing();
        if from_guest.is_empty() && from_puppet.is_empty() {
            break;
        }
        releases += from_puppet.chunks(pieces).map(|piece| guest.receive(piece)).sum::<usize>();
    }
    assert!(releases <= 1);
    let is_open = guest.session.gate() == State::Released;
    assert_eq!(is_open, releases == 1);
    let outcome = puppet.outcome().clone();
    Ran { released: releases == 1, notes: guest.notes, phase: guest.session.phase(), outcome }
}

/// What went wrong, if anything did: the guest came further than the alteration allows, or minded what it must not.
fn misjudged(engine: &Engine, mutant: &Mutant, pieces: usize) -> Option<String> {
    let ran = run(engine, mutant.role, mutant.script.clone(), pieces);
    let is_wrong = match mutant.reach {
        Reach::Release(_) => !ran.released || ran.outcome.data != DOCUMENT,
        Reach::Either(_) => false,
        limit => ran.reached() > limit || !ran.outcome.data.is_empty(),
    };
    is_wrong.then(|| {
        format!(
            "{:?} {}: {:?}, not {:?}: {:?} {}",
            mutant.role,
            mutant.name,
            ran.reached(),
            mutant.reach,
            ran.kinds(),
            ran.why()
        )
    })
}

/// Runs all, and fails with every one that was misjudged.
pub fn judge(engine: &Engine, mutants: &[Mutant], pieces: usize) {
    let misjudged: Vec<String> = mutants.iter().filter_map(|mutant| misjudged(engine, mutant, pieces)).collect();
    assert!(misjudged.is_empty(), "{} of {}:\n{}", misjudged.len(), mutants.len(), misjudged.join("\n"));
}
