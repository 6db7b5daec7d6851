//! The places for connections, per role.

use crate::connection::Connection;
use crate::tags::Role;
use alloc::vec::Vec;

/// Further places per role, so that a self-test finds one while the gateway keeps the others full.
const SPARE: usize = 1;

/// Names one connection; never the same twice in a boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionId {
    index: usize,
    generation: u64,
}

pub(crate) struct Places {
    slots: Vec<Option<(u64, Connection)>>,
    generation: u64,
    limits: (usize, usize),
}

impl Places {
    pub(crate) fn new(server: usize, client: usize) -> Places {
        let limits = (server + SPARE, client + SPARE);
        let slots = (0..limits.0 + limits.1).map(|_| None).collect();
        Places { slots, generation: 0, limits }
    }

    /// How many connections there may be, as (server role, client role).
    pub(crate) fn limits(&self) -> (usize, usize) {
        self.limits
    }

    /// Takes a place in the connection's role, if there is one.
    pub(crate) fn take(&mut self, connection: Connection) -> Option<ConnectionId> {
        let limit = match connection.role() {
            Role::Server => self.limits.0,
            Role::Client => self.limits.1,
        };
        let used = self.slots.iter().flatten().filter(|(_, other)| other.role() == connection.role()).count();
        if used >= limit {
            return None;
        }
        let index = self.slots.iter().position(Option::is_none)?;
        self.generation += 1;
        self.slots[index] = Some((self.generation, connection));
        Some(ConnectionId { index, generation: self.generation })
    }

    pub(crate) fn get(&self, id: ConnectionId) -> Option<&Connection> {
        let (generation, connection) = self.slots.get(id.index)?.as_ref()?;
        (*generation == id.generation).then_some(connection)
    }

    pub(crate) fn get_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        let (generation, connection) = self.slots.get_mut(id.index)?.as_mut()?;
        (*generation == id.generation).then_some(connection)
    }

    pub(crate) fn free(&mut self, id: ConnectionId) {
        if self.get(id).is_some() {
            self.slots[id.index] = None;
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Connection> {
        self.slots.iter().flatten().map(|(_, connection)| connection)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Connection> {
        self.slots.iter_mut().flatten().map(|(_, connection)| connection)
    }
}
