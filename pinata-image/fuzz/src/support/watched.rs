//! A session of the guest's with what must hold for it whatever arrives.

use crate::support::memory::Footprint;
use crate::support::world::World;
use pinata_channel::Detail;
use pinata_gate::State;
use pinata_puppet::Role;
use pinata_tls::{Phase, Session};

/// What the guest gives to whom it believes.
const DOCUMENT: &[u8] = b"the release document";
/// What a session may hold while others run.
const SMALL_BYTES_MAX: usize = 48 * 1024;
/// What it may hold with the buffer for the longest message, of which the guest has eight for all its connections.
const LARGE_BYTES_MAX: usize = 192 * 1024;
/// What it may take while it runs, which one does at a time. With 82 places, eight large buffers: 5.4 MiB in all.
const RUNNING_BYTES_MAX: usize = 384 * 1024;
/// So many bytes, the longest record's, need no larger buffer.
const SMALL_FED_BYTES: usize = 16_640;
/// What the guest may say to a peer that it does not believe: two hellos or a flight, and an alert.
const SAID_BYTES_MAX: usize = 8 * 1024;
/// Events of one session.
const NOTES_MAX: usize = 64;

/// A session, and what has been seen of it.
pub struct Watched {
    session: Session,
    pub notes: Vec<Detail>,
    footprint: Footprint,
    fed: usize,
    said: usize,
    released: bool,
    /// The last word has been taken.
    over: bool,
}

impl Watched {
    pub fn new(world: &World, guest: Role) -> Watched {
        let mut footprint = Footprint::default();
        let session = footprint.during(|| world.session(guest));
        Watched { session, notes: Vec::new(), footprint, fed: 0, said: 0, released: false, over: false }
    }

    /// Whether the peer was believed.
    pub fn has_released(&self) -> bool {
        self.released
    }

    /// Gives bytes to the guest, at most `cut` at a time, and asks for its verdict after each.
    pub fn give(&mut self, mut bytes: &[u8], cut: usize) {
        while !bytes.is_empty() {
            let session = &mut self.session;
            let was_failed = session.phase() == Phase::Failed;
            let n = self.footprint.during(|| {
                let space = session.space();
                assert!(!space.is_empty(), "no space");
                let n = space.len().min(bytes.len()).min(cut);
                space[..n].copy_from_slice(&bytes[..n]);
                session.received(n);
                n
            });
            bytes = &bytes[n..];
            self.fed += n;
            self.look(was_failed);
        }
    }

    fn look(&mut self, was_failed: bool) {
        let session = &mut self.session;
        let notes = self.footprint.during(|| session.take_notes());
        assert!(!was_failed || notes.is_empty(), "looked on after it had failed: {notes:?}");
        self.notes.extend(notes);
        assert!(self.notes.len() <= NOTES_MAX, "{:?}", self.notes);

        if session.take_authenticated().is_some() {
            assert!(!self.released && session.phase() == Phase::Established, "a second release");
            self.released = true;
            self.footprint.during(|| session.release(DOCUMENT, false));
        }
        assert!(self.released || session.gate() != State::Released);
        let (held, most) = (self.footprint.held(), self.footprint.most());
        let limit = if self.fed <= SMALL_FED_BYTES { SMALL_BYTES_MAX } else { LARGE_BYTES_MAX };
        assert!(held <= limit && most <= RUNNING_BYTES_MAX, "{held} and {most} bytes after {} were fed", self.fed);
    }

    /// Bytes of the guest's, all of them.
    pub fn take(&mut self) -> Vec<u8> {
        let session = &mut self.session;
        let bytes = session.pending().to_vec();
        let is_over = core::mem::replace(&mut self.over, session.phase() == Phase::Closing);
        assert!(!is_over || bytes.is_empty(), "said something after its last word");
        self.footprint.during(|| session.sent(bytes.len()));
        self.said += bytes.len();
        assert!(self.said <= SAID_BYTES_MAX, "{} bytes said", self.said);
        bytes
    }
}
