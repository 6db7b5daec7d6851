//! What the pool asks of whoever speaks on the connections. No I/O in it: bytes go in, bytes come out.

/// Microseconds of the guest's monotonic clock.
pub type Micros = u64;

/// What should become of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Go on.
    Keep,
    /// Send what is pending, then FIN, and go on reading: closing with unread bytes would reset the connection and the
    /// peer would lose what was sent last.
    CloseWrite,
    /// Reset it now.
    Abort,
    /// Nothing more to read or write: send what is pending and close.
    Done,
}

/// The speaker on all connections.
pub trait Application {
    /// Names one connection, from `accept` to `forget`.
    type Connection: Copy;

    /// A connection was established. `None`: it is reset.
    fn accept(&mut self, port: u16, now: Micros) -> Option<Self::Connection>;
    /// Where received bytes go; empty when the connection reads no more for now.
    fn space(&mut self, connection: Self::Connection) -> &mut [u8];
    /// `count` bytes were written to the front of `space`. May take long: it is where TLS happens.
    fn received(&mut self, connection: Self::Connection, count: usize, now: Micros);
    /// Bytes to send, oldest first.
    fn pending(&self, connection: Self::Connection) -> &[u8];
    /// The first `count` bytes of `pending` were taken.
    fn sent(&mut self, connection: Self::Connection, count: usize, now: Micros);
    /// The peer sends no more, and everything it sent has been received. Once.
    fn peer_closed(&mut self, connection: Self::Connection, now: Micros);
    /// The connection broke.
    fn reset(&mut self, connection: Self::Connection, now: Micros);
    /// What should become of it.
    fn wish(&self, connection: Self::Connection) -> Wish;
    /// The pool no longer knows the connection.
    fn forget(&mut self, connection: Self::Connection, now: Micros);
}
