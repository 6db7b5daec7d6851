//! A puppet over a blocking stream.

use crate::puppet::{Outcome, Puppet};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

impl Puppet {
    /// Runs until the peer has closed, or has broken the connection. `close_write` is called once, when all is said: without
    /// it a peer may wait for what was left out. Errors are those of a read that took too long.
    pub fn run<S: Read + Write>(mut self, stream: &mut S, mut close_write: impl FnMut(&mut S)) -> io::Result<Outcome> {
        let (mut bytes, mut is_closed) = ([0; 4096], false);
        loop {
            // A peer that no longer listens may still have said why.
            let outgoing = self.take_outgoing();
            let _ = stream.write_all(&outgoing).and_then(|()| stream.flush());
            if self.has_said_all() && !is_closed {
                is_closed = true;
                close_write(stream);
            }
            match stream.read(&mut bytes) {
                Ok(0) => return Ok(self.outcome().clone()),
                Ok(n) => self.received(&bytes[..n]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return Err(error),
                Err(_) => return Ok(self.outcome().clone()),
            }
        }
    }

    /// [`Self::run`] over TCP.
    pub fn run_tcp(self, mut stream: &TcpStream) -> io::Result<Outcome> {
        self.run(&mut stream, |stream| {
            let _ = stream.shutdown(Shutdown::Write);
        })
    }
}
