//! The service as the network's pool wants it.
use pinata_net::{Application, Micros, Wish};
use pinata_service::{ConnectionId, Service};

/// The service, speaking on the pool's connections.
pub struct Guest(pub Service);

impl Application for Guest {
    type Connection = ConnectionId;

    fn accept(&mut self, port: u16, now: Micros) -> Option<ConnectionId> {
        self.0.accept(port, now)
    }
    fn space(&mut self, connection: ConnectionId) -> &mut [u8] {
        self.0.space(connection)
    }
    fn received(&mut self, connection: ConnectionId, count: usize, now: Micros) {
        self.0.received(connection, count, now);
    }
    fn pending(&self, connection: ConnectionId) -> &[u8] {
        self.0.pending(connection)
    }
    fn sent(&mut self, connection: ConnectionId, count: usize, now: Micros) {
        self.0.sent(connection, count, now);
    }
    fn peer_closed(&mut self, connection: ConnectionId, now: Micros) {
        self.0.peer_closed(connection, now);
    }
    fn reset(&mut self, connection: ConnectionId, now: Micros) {
        self.0.reset(connection, now);
    }
    fn wish(&self, connection: ConnectionId) -> Wish {
        match self.0.wish(connection) {
            pinata_service::Wish::Keep => Wish::Keep,
            pinata_service::Wish::CloseWrite => Wish::CloseWrite,
            pinata_service::Wish::Abort => Wish::Abort,
            pinata_service::Wish::Done => Wish::Done,
        }
    }
    fn forget(&mut self, connection: ConnectionId, now: Micros) {
        self.0.forget(connection, now);
    }
}
