//! The last ids that were seen on a port.

use crate::{AttemptId, Refusal};
use alloc::collections::{BTreeSet, VecDeque};

/// How many ids a port remembers.
pub const REMEMBERED: usize = 4096;

/// Ids in order of arrival, and the same ids for look-up.
#[derive(Default)]
pub struct Replays {
    order: VecDeque<AttemptId>,
    known: BTreeSet<AttemptId>,
}

impl Replays {
    pub fn new() -> Replays {
        Replays::default()
    }

    /// Remembers `id`, or refuses it if it is among the last [`REMEMBERED`].
    pub fn admit(&mut self, id: AttemptId) -> Result<(), Refusal> {
        if !self.known.insert(id) {
            return Err(Refusal::Replay);
        }
        if self.order.len() == REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        self.order.push_back(id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> AttemptId {
        (n as u128).to_be_bytes()
    }

    #[test]
    fn an_id_is_refused_until_it_is_forgotten() {
        let mut replays = Replays::new();
        for n in 0..REMEMBERED {
            assert_eq!(replays.admit(id(n)), Ok(()));
        }
        assert_eq!(replays.admit(id(0)), Err(Refusal::Replay));
        assert_eq!(replays.admit(id(REMEMBERED)), Ok(()));
        assert_eq!(replays.admit(id(1)), Err(Refusal::Replay));
        assert_eq!(replays.admit(id(0)), Ok(()));
        assert_eq!(replays.order.len(), REMEMBERED);
        assert_eq!(replays.known.len(), REMEMBERED);
    }
}
