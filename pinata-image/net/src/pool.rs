//! All places, the interface under them, and the turn that keeps them going.
use alloc::vec;
use alloc::vec::Vec;

use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::socket::tcp::Socket;
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, IpCidr, Ipv4Address};

use crate::announce::announce;
use crate::application::{Application, Micros};
use crate::link::{Link, LinkDevice};
use crate::place::{Place, Served};

const ADDRESS: Ipv4Address = Ipv4Address::new(10, 0, 2, 15);
const PREFIX_BITS: u8 = 24;
const GATEWAY: Ipv4Address = Ipv4Address::new(10, 0, 2, 2);
/// Application time between two looks at the network. Without a bound, one burst of handshakes makes TCP time out
/// elsewhere; with one handshake step per look, thousands of short connections starve.
const APPLICATION_US: Micros = 1_000;

/// A port and how many connections it holds at once, those that only wait for theirs included.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    pub port: u16,
    pub places: usize,
}

/// The guest's TCP.
pub struct Pool<L: Link, C> {
    device: LinkDevice<L>,
    interface: Interface,
    sockets: SocketSet<'static>,
    places: Vec<(SocketHandle, Place<C>)>,
    /// Who is served first in the next turn.
    first: usize,
}

impl<L: Link, C: Copy> Pool<L, C> {
    /// Brings the network up and listens. `seed` must be unpredictable: sequence numbers come from it.
    pub fn new(mut link: L, listeners: &[Listener], seed: u64, now: Micros) -> Self {
        announce(&mut link, ADDRESS);
        let mut config = Config::new(EthernetAddress(link.address()).into());
        config.random_seed = seed;
        let mut device = LinkDevice::new(link);
        let mut interface = Interface::new(config, &mut device, instant(now));
        interface.update_ip_addrs(|addresses| {
            addresses.push(IpCidr::new(ADDRESS.into(), PREFIX_BITS)).expect("room for one address");
        });
        interface.routes_mut().add_default_ipv4_route(GATEWAY).expect("room for one route");
        let mut sockets = SocketSet::new(vec![]);
        let places = listeners
            .iter()
            .flat_map(|listener| (0..listener.places).map(|_| listener.port))
            .map(|port| {
                let (place, socket) = Place::new(port);
                (sockets.add(socket), place)
            })
            .collect();
        Pool { device, interface, sockets, places, first: 0 }
    }

    /// One turn: the network, then every place, of which some give their bytes to the application until its time is up.
    /// `clock` says the time. True when there is more to do at once.
    pub fn turn<A>(&mut self, app: &mut A, clock: &mut impl FnMut() -> Micros) -> bool
    where
        A: Application<Connection = C>,
    {
        let start = clock();
        self.interface.poll(instant(start), &mut self.device, &mut self.sockets);
        let mut busy = false;
        let mut deferred = None;
        let mut now = start;
        for offset in 0..self.places.len() {
            let index = (self.first + offset) % self.places.len();
            let (handle, place) = &mut self.places[index];
            let socket = self.sockets.get_mut::<Socket>(*handle);
            let may_read = now - start < APPLICATION_US;
            match place.serve(socket, app, may_read, now) {
                Served::Nothing => continue,
                Served::Something => now = clock(),
                Served::Deferred => deferred = deferred.or(Some(index)),
            }
            busy = true;
        }
        self.first = deferred.unwrap_or(0);
        busy
    }

    /// When the network needs its next turn by itself: retransmissions, delayed acknowledgements. `None`: when a frame
    /// comes.
    pub fn next_turn(&mut self, now: Micros) -> Option<Micros> {
        let network =
            self.interface.poll_at(instant(now), &self.sockets).map(|at| at.total_micros().try_into().unwrap_or(0));
        self.places.iter().filter_map(|(_, place)| place.deadline()).chain(network).min()
    }

    /// Connections in use.
    pub fn used(&self) -> usize {
        self.places.iter().filter(|(_, place)| !place.is_waiting()).count()
    }

    #[cfg(test)]
    pub fn is_listening_everywhere(&mut self) -> bool {
        let sockets = &self.sockets;
        self.places.iter().all(|(handle, _)| sockets.get::<Socket>(*handle).is_listening())
    }

    /// The network device, for its interrupts.
    pub fn link(&mut self) -> &mut L {
        self.device.link()
    }
}

fn instant(now: Micros) -> Instant {
    Instant::from_micros(i64::try_from(now).unwrap_or(i64::MAX))
}
