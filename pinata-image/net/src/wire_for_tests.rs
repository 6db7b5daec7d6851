//! A cable in memory with the guest at one end and an ordinary smoltcp client at the other, and an application to talk
//! to.
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::vec;
use std::vec::Vec;

use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::socket::tcp::{Socket, SocketBuffer};
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, IpAddress, IpCidr, Ipv4Address};

use crate::application::{Application, Micros, Wish};
use crate::link::{Link, LinkDevice};
use crate::pool::{Listener, Pool};

const GUEST: Ipv4Address = Ipv4Address::new(10, 0, 2, 15);
const TURN_US: Micros = 100;
const TURNS_MAX: usize = 200_000;

type Queue = Rc<RefCell<VecDeque<Vec<u8>>>>;

/// One end of the cable.
pub struct CableEnd {
    address: [u8; 6],
    incoming: Queue,
    outgoing: Queue,
}

impl Link for CableEnd {
    type Frame = Vec<u8>;

    fn address(&self) -> [u8; 6] {
        self.address
    }
    fn receive(&mut self) -> Option<Vec<u8>> {
        self.incoming.borrow_mut().pop_front()
    }
    fn bytes(frame: &Vec<u8>) -> &[u8] {
        frame
    }
    fn recycle(&mut self, _: Vec<u8>) {}
    fn can_send(&mut self) -> bool {
        true
    }
    fn send<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> R {
        let mut frame = vec![0; length];
        let result = fill(&mut frame);
        self.outgoing.borrow_mut().push_back(frame);
        result
    }
}

fn cable() -> (CableEnd, CableEnd) {
    let (there, back) = (Queue::default(), Queue::default());
    let end = |last, incoming: &Queue, outgoing: &Queue| CableEnd {
        address: [2, 0, 0, 0, 0, last],
        incoming: incoming.clone(),
        outgoing: outgoing.clone(),
    };
    (end(1, &there, &back), end(2, &back, &there))
}

/// Echoes. `b"quit"` is answered and then closed towards the peer; `b"die!"` is reset. Each call of `received` costs
/// time.
#[derive(Default)]
pub struct Echo {
    pub speaking: BTreeMap<u32, Speaker>,
    next: u32,
    pub places: usize,
    pub clock: Rc<Cell<Micros>>,
    pub cost_us: Micros,
    /// What happened, in order.
    pub story: Vec<(u32, &'static str)>,
}

pub struct Speaker {
    incoming: [u8; 64],
    outgoing: Vec<u8>,
    wish: Wish,
    pub port: u16,
    pub total: usize,
}

impl Application for Echo {
    type Connection = u32;

    fn accept(&mut self, port: u16, _: Micros) -> Option<u32> {
        if self.speaking.len() == self.places {
            return None;
        }
        self.next += 1;
        let speaker = Speaker { incoming: [0; 64], outgoing: Vec::new(), wish: Wish::Keep, port, total: 0 };
        self.speaking.insert(self.next, speaker);
        self.story.push((self.next, "accept"));
        Some(self.next)
    }
    fn space(&mut self, connection: u32) -> &mut [u8] {
        &mut self.speaking.get_mut(&connection).expect("known").incoming
    }
    fn received(&mut self, connection: u32, count: usize, _: Micros) {
        self.clock.set(self.clock.get() + self.cost_us);
        self.story.push((connection, "received"));
        let speaker = self.speaking.get_mut(&connection).expect("known");
        speaker.total += count;
        if speaker.wish != Wish::Keep {
            return;
        }
        let bytes = &speaker.incoming[..count];
        speaker.outgoing.extend_from_slice(bytes);
        if bytes.starts_with(b"quit") {
            speaker.wish = Wish::CloseWrite;
        }
        if bytes.starts_with(b"die!") {
            speaker.wish = Wish::Abort;
        }
    }
    fn pending(&self, connection: u32) -> &[u8] {
        &self.speaking[&connection].outgoing
    }
    fn sent(&mut self, connection: u32, count: usize, _: Micros) {
        self.speaking.get_mut(&connection).expect("known").outgoing.drain(..count);
    }
    fn peer_closed(&mut self, connection: u32, _: Micros) {
        self.story.push((connection, "peer_closed"));
        self.speaking.get_mut(&connection).expect("known").wish = Wish::Done;
    }
    fn reset(&mut self, connection: u32, _: Micros) {
        self.story.push((connection, "reset"));
    }
    fn wish(&self, connection: u32) -> Wish {
        self.speaking[&connection].wish
    }
    fn forget(&mut self, connection: u32, _: Micros) {
        self.story.push((connection, "forget"));
        self.speaking.remove(&connection);
    }
}

impl Echo {
    /// Lets a connection be done.
    pub fn finish(&mut self, connection: u32) {
        self.speaking.get_mut(&connection).expect("known").wish = Wish::Done;
    }
}

/// The pool and a client, on one clock that only turns move.
pub struct Bench {
    pub pool: Pool<CableEnd, u32>,
    pub echo: Echo,
    clock: Rc<Cell<Micros>>,
    device: LinkDevice<CableEnd>,
    interface: Interface,
    pub sockets: SocketSet<'static>,
    next_port: u16,
}

impl Bench {
    /// Ports 10000 and 10002 with this many sockets each; the application takes `places` connections.
    pub fn new(sockets_per_port: usize, places: usize) -> Bench {
        let (guest, client) = cable();
        let clock = Rc::new(Cell::new(1));
        let listeners = [10_000, 10_002].map(|port| Listener { port, places: sockets_per_port });
        let pool = Pool::new(guest, &listeners, 1, clock.get());
        let mut config = Config::new(EthernetAddress(client.address()).into());
        config.random_seed = 2;
        let mut device = LinkDevice::new(client);
        let mut interface = Interface::new(config, &mut device, Instant::from_micros(1));
        interface.update_ip_addrs(|addresses| {
            addresses.push(IpCidr::new(IpAddress::v4(10, 0, 2, 2), 24)).expect("room");
        });
        let echo = Echo { places, clock: clock.clone(), ..Echo::default() };
        Bench { pool, echo, clock, device, interface, sockets: SocketSet::new(vec![]), next_port: 40_000 }
    }

    pub fn connect(&mut self, port: u16) -> SocketHandle {
        let buffer = || SocketBuffer::new(vec![0; 65_536]);
        let mut socket = Socket::new(buffer(), buffer());
        self.next_port += 1;
        socket.connect(self.interface.context(), (GUEST, port), self.next_port).expect("connect");
        self.sockets.add(socket)
    }

    pub fn socket(&mut self, handle: SocketHandle) -> &mut Socket<'static> {
        self.sockets.get_mut(handle)
    }

    pub fn turns(&mut self, count: usize) {
        for _ in 0..count {
            self.client_turn();
            self.guest_turn();
        }
    }

    pub fn client_turn(&mut self) {
        let now = Instant::from_micros(self.clock.get() as i64);
        self.interface.poll(now, &mut self.device, &mut self.sockets);
    }

    pub fn guest_turn(&mut self) -> bool {
        self.clock.set(self.clock.get() + TURN_US);
        let clock = self.clock.clone();
        self.pool.turn(&mut self.echo, &mut || clock.get())
    }

    pub fn first_frame_of_the_guest(&mut self) -> Vec<u8> {
        self.device.link().receive().expect("a frame")
    }

    pub fn now(&self) -> Micros {
        self.clock.get()
    }

    pub fn pass(&mut self, us: Micros) {
        self.clock.set(self.clock.get() + us);
    }

    /// Turns until `done`, or panics.
    pub fn until(&mut self, what: &str, mut done: impl FnMut(&mut Bench) -> bool) {
        for _ in 0..TURNS_MAX {
            if done(self) {
                return;
            }
            self.turns(1);
        }
        panic!("never: {what}; {:?}", self.echo.story);
    }

    pub fn read(&mut self, handle: SocketHandle) -> Vec<u8> {
        let socket = self.socket(handle);
        let mut bytes = vec![0; socket.recv_queue()];
        let count = socket.recv_slice(&mut bytes).unwrap_or(0);
        bytes.truncate(count);
        bytes
    }
}
