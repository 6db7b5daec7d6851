//! One TCP connection between the host's socket and the service.

use pinata_service::{ConnectionId, Micros, Service, Wish};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

/// Read per turn: one record or so, for fairness.
const TURN_BYTES: usize = 16_384;

pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    pub(crate) socket: TcpStream,
    read_closed: bool,
    write_closed: bool,
}

impl Connection {
    pub(crate) fn new(id: ConnectionId, socket: TcpStream) -> io::Result<Connection> {
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
        Ok(Connection { id, socket, read_closed: false, write_closed: false })
    }

    pub(crate) fn reads(&self) -> bool {
        !self.read_closed
    }

    /// Moves what can be moved both ways. `false`: the connection is over and forgotten.
    pub(crate) fn pump(&mut self, service: &mut Service, now: Micros) -> bool {
        self.write(service, now);
        self.read(service, now);
        self.write(service, now);
        match service.wish(self.id) {
            Wish::Keep => true,
            Wish::CloseWrite => {
                if service.pending(self.id).is_empty() && !self.write_closed {
                    self.write_closed = true;
                    // A peer that is gone already shows on the next read.
                    let _ = self.socket.shutdown(Shutdown::Write);
                }
                true
            }
            Wish::Abort => {
                // Without a linger time of zero the kernel would send FIN.
                let _ = rustix::net::sockopt::set_socket_linger(&self.socket, Some(std::time::Duration::ZERO));
                service.forget(self.id, now);
                false
            }
            Wish::Done => {
                service.forget(self.id, now);
                false
            }
        }
    }

    fn read(&mut self, service: &mut Service, now: Micros) {
        if self.read_closed {
            return;
        }
        let space = service.space(self.id);
        let length = space.len().min(TURN_BYTES);
        if length == 0 {
            return;
        }
        match self.socket.read(&mut space[..length]) {
            Ok(0) => {
                self.read_closed = true;
                service.peer_closed(self.id, now);
            }
            Ok(n) => service.received(self.id, n, now),
            Err(error) => self.broke(&error, service, now),
        }
    }

    fn write(&mut self, service: &mut Service, now: Micros) {
        while !service.pending(self.id).is_empty() {
            match self.socket.write(service.pending(self.id)) {
                Ok(n) => service.sent(self.id, n, now),
                Err(error) => return self.broke(&error, service, now),
            }
        }
    }

    fn broke(&mut self, error: &io::Error, service: &mut Service, now: Micros) {
        if !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) {
            self.read_closed = true;
            service.reset(self.id, now);
        }
    }
}
