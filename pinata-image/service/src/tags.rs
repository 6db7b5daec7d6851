//! Which TLS sessions the guest has with itself. A session tag is the hash of the client's handshake traffic secret: the
//! two roles see the same one exactly when they are the two ends of one session, whoever carries the bytes.

use alloc::collections::{BTreeMap, VecDeque};

/// How many sessions are remembered. Between the two ends' sightings lies at most one handshake deadline, in which a guest
/// would have to complete this many handshakes to forget.
const REMEMBERED: usize = 8192;

/// The TLS role that the guest plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Server,
    Client,
}

/// Half of a SHA-256 is plenty: nobody chooses the secret.
type ShortTag = u128;

#[derive(Default)]
pub(crate) struct Tags {
    order: VecDeque<ShortTag>,
    seen: BTreeMap<ShortTag, Ends>,
}

#[derive(Clone, Copy, Default)]
struct Ends {
    server: bool,
    client: bool,
}

impl Tags {
    /// The guest derived this tag in `role`.
    pub(crate) fn saw(&mut self, tag: &[u8; 32], role: Role) {
        let short = shorten(tag);
        if !self.seen.contains_key(&short) {
            if self.order.len() == REMEMBERED
                && let Some(oldest) = self.order.pop_front()
            {
                self.seen.remove(&oldest);
            }
            self.order.push_back(short);
        }
        let ends = self.seen.entry(short).or_default();
        match role {
            Role::Server => ends.server = true,
            Role::Client => ends.client = true,
        }
    }

    /// Whether both ends of this session are the guest.
    pub(crate) fn is_self(&self, tag: &[u8; 32]) -> bool {
        self.seen.get(&shorten(tag)).is_some_and(|ends| ends.server && ends.client)
    }
}

fn shorten(tag: &[u8; 32]) -> ShortTag {
    tag.iter().take(16).fold(0, |short, byte| short << 8 | ShortTag::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(n: u16) -> [u8; 32] {
        let mut tag = [0; 32];
        tag[..2].copy_from_slice(&n.to_be_bytes());
        tag
    }

    #[test]
    fn a_session_is_with_itself_when_both_roles_saw_it() {
        let mut tags = Tags::default();
        tags.saw(&tag(1), Role::Server);
        tags.saw(&tag(2), Role::Client);
        assert!(!tags.is_self(&tag(1)) && !tags.is_self(&tag(2)) && !tags.is_self(&tag(3)));
        tags.saw(&tag(1), Role::Client);
        assert!(tags.is_self(&tag(1)) && !tags.is_self(&tag(2)));
    }

    #[test]
    fn one_role_twice_is_not_both() {
        let mut tags = Tags::default();
        tags.saw(&tag(1), Role::Server);
        tags.saw(&tag(1), Role::Server);
        assert!(!tags.is_self(&tag(1)));
    }

    #[test]
    fn memory_is_bounded() {
        let mut tags = Tags::default();
        for n in 0..=REMEMBERED as u16 {
            tags.saw(&tag(n), Role::Server);
        }
        assert_eq!((tags.order.len(), tags.seen.len()), (REMEMBERED, REMEMBERED));
        tags.saw(&tag(0), Role::Client);
        tags.saw(&tag(2), Role::Client);
        assert!(!tags.is_self(&tag(0)) && tags.is_self(&tag(2)));
    }
}
