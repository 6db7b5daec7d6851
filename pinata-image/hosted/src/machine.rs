//! The loop that a kernel would be.

use crate::connection::Connection;
use pinata_service::{CLIENT_PORT, Hardware, Micros, SERVER_PORT, Service, Stage};
use pinata_vault::HeapPage;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixStream;
use std::time::Instant;

const CHANNEL_BYTES: usize = 4096;

/// A service with sockets.
pub struct Machine {
    service: Service,
    channel: UnixStream,
    listeners: [(u16, TcpListener); 2],
    connections: Vec<Connection>,
    started: Instant,
}

impl Machine {
    /// Takes the supervisor's end of the channel, and listens on two free ports of 127.0.0.1.
    pub fn new(channel: UnixStream) -> io::Result<Machine> {
        channel.set_nonblocking(true)?;
        let mut seed = [0; 32];
        File::open("/dev/urandom")?.read_exact(&mut seed)?;
        let listen = |port| {
            let listener = TcpListener::bind(("127.0.0.1", 0))?;
            listener.set_nonblocking(true)?;
            Ok::<_, io::Error>((port, listener))
        };
        Ok(Machine {
            service: Service::new(seed, Hardware { page: Box::new(HeapPage::new()) }),
            channel,
            listeners: [listen(SERVER_PORT)?, listen(CLIENT_PORT)?],
            connections: Vec::new(),
            started: Instant::now(),
        })
    }

    /// The guest's ports and where they are here.
    pub fn addresses(&self) -> io::Result<Vec<(u16, SocketAddr)>> {
        self.listeners.iter().map(|(port, listener)| Ok((*port, listener.local_addr()?))).collect()
    }

    /// Serves until the service stops and the supervisor has read everything, or the supervisor hangs up.
    pub fn run(mut self) -> io::Result<()> {
        while self.turn()? {
            self.wait()?;
        }
        Ok(())
    }

    fn now(&self) -> Micros {
        self.started.elapsed().as_micros() as Micros
    }

    fn turn(&mut self) -> io::Result<bool> {
        let now = self.now();
        if !self.read_channel(now)? {
            return Ok(false);
        }
        self.accept(now)?;
        self.service.tick(now);
        let service = &mut self.service;
        self.connections.retain_mut(|connection| connection.pump(service, now));
        self.write_channel()?;
        let stopped = matches!(self.service.stage(), Stage::Stopping(_));
        Ok(!(stopped && self.service.channel_pending().is_empty()))
    }

    /// Sleeps until a socket or a deadline has something to do.
    fn wait(&self) -> io::Result<()> {
        let mut channel = PollFlags::IN;
        if !self.service.channel_pending().is_empty() {
            channel |= PollFlags::OUT;
        }
        let mut sockets = vec![PollFd::new(&self.channel, channel)];
        sockets.extend(self.listeners.iter().map(|(_, listener)| PollFd::new(listener, PollFlags::IN)));
        for connection in &self.connections {
            let mut flags = PollFlags::empty();
            if connection.reads() {
                flags |= PollFlags::IN;
            }
            if !self.service.pending(connection.id).is_empty() {
                flags |= PollFlags::OUT;
            }
            sockets.push(PollFd::new(&connection.socket, flags));
        }
        let micros = self.service.next_deadline().map(|at| at.saturating_sub(self.now()));
        let timeout = micros.map(|micros| Timespec {
            tv_sec: (micros / 1_000_000) as i64,
            tv_nsec: (micros % 1_000_000 * 1000) as i64,
        });
        poll(&mut sockets, timeout.as_ref())?;
        Ok(())
    }

    fn read_channel(&mut self, now: Micros) -> io::Result<bool> {
        let mut bytes = [0; CHANNEL_BYTES];
        loop {
            match self.channel.read(&mut bytes) {
                Ok(0) => return Ok(false),
                Ok(n) => {
                    self.service.channel_received(&bytes[..n], now);
                    bytes.fill(0);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error),
            }
        }
    }

    fn write_channel(&mut self) -> io::Result<()> {
        while !self.service.channel_pending().is_empty() {
            match self.channel.write(self.service.channel_pending()) {
                Ok(n) => self.service.channel_sent(n),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn accept(&mut self, now: Micros) -> io::Result<()> {
        for (port, listener) in &self.listeners {
            while let Ok((socket, _)) = listener.accept() {
                if let Some(id) = self.service.accept(*port, now) {
                    self.connections.push(Connection::new(id, socket)?);
                }
            }
        }
        Ok(())
    }
}
