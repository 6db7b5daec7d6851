//! One place for one connection at a time: a TCP socket and what the application calls the connection in it.
use alloc::vec;

use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::time::Duration;

use crate::application::{Application, Micros, Wish};

/// A server flight (two certificates at most, 2 KB) fits, and so does what a client sends next.
const BUFFER_BYTES: usize = 4096;
/// A TCP handshake that is not finished after this long is given up.
const HANDSHAKE_MS: u64 = 5_000;
/// A connection that the application has left must be gone after this long.
const PARTING_US: Micros = 5_000_000;

/// Where a place is in its circle.
enum Phase<C> {
    /// Listening, or shaking hands on TCP.
    Waiting,
    /// The application speaks.
    Speaking { connection: C, peer_closed: bool },
    /// The application is done; TCP is not yet.
    Parting { until: Micros },
}

/// What a place found to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served {
    Nothing,
    /// It did something, or knows that there is more for the next turn.
    Something,
    /// It has bytes for the application and kept them, because the turn's time is up.
    Deferred,
}

pub struct Place<C> {
    port: u16,
    phase: Phase<C>,
}

impl<C: Copy> Place<C> {
    /// A place and its socket, which listens from the start: the first turn may find connections waiting.
    pub fn new(port: u16) -> (Self, Socket<'static>) {
        let mut socket =
            Socket::new(SocketBuffer::new(vec![0; BUFFER_BYTES]), SocketBuffer::new(vec![0; BUFFER_BYTES]));
        socket.set_nagle_enabled(false);
        let mut place = Place { port, phase: Phase::Waiting };
        place.listen(&mut socket);
        (place, socket)
    }

    /// Whether anybody is using the place.
    pub fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting)
    }

    /// When the place needs a turn even if nothing comes.
    pub fn deadline(&self) -> Option<Micros> {
        match self.phase {
            Phase::Parting { until } => Some(until),
            Phase::Waiting | Phase::Speaking { .. } => None,
        }
    }

    /// Moves bytes and the connection's fate on. With `may_read` false nothing goes to the application that takes it
    /// long.
    pub fn serve<A>(&mut self, socket: &mut Socket, app: &mut A, may_read: bool, now: Micros) -> Served
    where
        A: Application<Connection = C>,
    {
        match self.phase {
            Phase::Waiting => self.wait(socket, app, may_read, now),
            Phase::Speaking { connection, peer_closed } => {
                self.speak(socket, app, connection, peer_closed, may_read, now)
            }
            Phase::Parting { until } => self.part(socket, until, now),
        }
    }

    fn wait<A>(&mut self, socket: &mut Socket, app: &mut A, may_read: bool, now: Micros) -> Served
    where
        A: Application<Connection = C>,
    {
        match socket.state() {
            State::Listen | State::SynReceived => return Served::Nothing,
            // A handshake that broke.
            State::Closed | State::TimeWait => return self.listen(socket),
            _ => {}
        }
        let Some(connection) = app.accept(self.port, now) else {
            socket.abort();
            self.phase = Phase::Parting { until: now + PARTING_US };
            return Served::Something;
        };
        // smoltcp's timeout ends every connection that is quiet for that long. From here on deadlines are the
        // application's.
        socket.set_timeout(None);
        self.phase = Phase::Speaking { connection, peer_closed: false };
        match self.speak(socket, app, connection, false, may_read, now) {
            Served::Nothing => Served::Something,
            served => served,
        }
    }

    fn speak<A>(
        &mut self,
        socket: &mut Socket,
        app: &mut A,
        connection: C,
        peer_closed: bool,
        may_read: bool,
        now: Micros,
    ) -> Served
    where
        A: Application<Connection = C>,
    {
        let mut served = Served::Nothing;
        if socket.can_recv() {
            let space = app.space(connection);
            if !space.is_empty() && !may_read {
                return Served::Deferred;
            }
            let count = socket.recv_slice(space).unwrap_or(0);
            if count > 0 {
                app.received(connection, count, now);
                served = Served::Something;
            }
        }
        let peer_finished =
            matches!(socket.state(), State::CloseWait | State::LastAck | State::Closing | State::TimeWait);
        if peer_finished && !peer_closed && !socket.can_recv() {
            self.phase = Phase::Speaking { connection, peer_closed: true };
            app.peer_closed(connection, now);
            served = Served::Something;
        }
        if socket.state() == State::Closed {
            // After both FINs this is an orderly end that the application knows of; else the connection broke.
            if !peer_closed {
                app.reset(connection, now);
            }
            return self.leave(socket, app, connection, now);
        }
        while socket.can_send() && !app.pending(connection).is_empty() {
            let count = socket.send_slice(app.pending(connection)).unwrap_or(0);
            app.sent(connection, count, now);
            served = Served::Something;
        }
        match app.wish(connection) {
            Wish::Keep => served,
            Wish::CloseWrite => {
                if app.pending(connection).is_empty() && socket.may_send() {
                    socket.close();
                    served = Served::Something;
                }
                served
            }
            Wish::Abort => {
                socket.abort();
                self.leave(socket, app, connection, now)
            }
            Wish::Done if app.pending(connection).is_empty() || !socket.may_send() => {
                socket.close();
                self.leave(socket, app, connection, now)
            }
            Wish::Done => served,
        }
    }

    fn leave<A>(&mut self, socket: &mut Socket, app: &mut A, connection: C, now: Micros) -> Served
    where
        A: Application<Connection = C>,
    {
        app.forget(connection, now);
        self.phase = Phase::Parting { until: now + PARTING_US };
        self.part(socket, now + PARTING_US, now);
        Served::Something
    }

    /// Waits for TCP's own goodbye: our FIN's acknowledgement, or the reset to be sent.
    fn part(&mut self, socket: &mut Socket, until: Micros, now: Micros) -> Served {
        match socket.state() {
            // An aborted socket knows its peer until its reset has been sent.
            State::Closed if socket.remote_endpoint().is_some() => Served::Something,
            // A time-wait of ours would only block the place: the peer's ports are slirp's and do not come back soon.
            State::Closed | State::TimeWait => self.listen(socket),
            _ if now >= until => {
                socket.abort();
                Served::Something
            }
            // Nobody reads any more: bytes that still come must not stop the FIN behind them.
            _ => {
                while socket.can_recv() {
                    if socket.recv(|bytes| (bytes.len(), ())).is_err() {
                        break;
                    }
                }
                Served::Nothing
            }
        }
    }

    fn listen(&mut self, socket: &mut Socket) -> Served {
        socket.listen(self.port).expect("a closed socket listens");
        socket.set_timeout(Some(Duration::from_millis(HANDSHAKE_MS)));
        self.phase = Phase::Waiting;
        Served::Something
    }
}
