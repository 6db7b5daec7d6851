//! What is measured.

use crate::fault::Fault;

/// A TLS server that demands a client certificate, ready for connections.
pub trait Server {
    fn accept(&self) -> Result<Box<dyn Connection>, Fault>;
}

/// The server's side of one connection.
pub trait Connection {
    /// Takes what arrived; gives what is to be sent, and whether the handshake is complete.
    fn take_turn(&mut self, arrived: &[u8]) -> Result<(Vec<u8>, bool), Fault>;
}
