//! What a connection's gate hears when it is not TLS that ends it. What TLS tells it is in `tls/tests`.
mod support;

use pinata_gate::{Event, State};
use pinata_puppet::{Authority, Puppet, Role, Script};
use pinata_service::{CLIENT_PORT, SERVER_PORT};
use pinata_tls::trace;
use support::{HANDSHAKE, World};

/// Two of these are more than the vector's limit allows.
const LONG: usize = 60_000;
const PIECE: usize = 1_000;
const PORTS: [u16; 2] = [SERVER_PORT, CLIENT_PORT];

#[test]
fn a_peer_that_leaves_closes_its_gate() {
    for port in PORTS {
        let mut world = World::new();
        let c = world.connect(port);
        world.take(c);
        assert_eq!(trace::take(), [(Event::Open, State::Handshaking)]);
        world.service.peer_closed(c, world.now);
        // Once when the peer has closed, once more when the connection is over.
        assert_eq!(trace::take(), [(Event::Close, State::Closed); 2]);
    }
}

#[test]
fn a_reset_closes_the_gate() {
    for port in PORTS {
        let mut world = World::new();
        let c = world.connect(port);
        trace::take();
        world.service.reset(c, world.now);
        assert_eq!(trace::take(), [(Event::Close, State::Closed)]);
    }
}

#[test]
fn a_deadline_kills_the_gate() {
    for port in PORTS {
        let mut world = World::new();
        let c = world.connect(port);
        world.take(c);
        trace::take();
        world.pass(HANDSHAKE);
        assert_eq!(trace::take(), [(Event::Timeout, State::Dead)]);
        world.service.peer_closed(c, world.now);
        assert_eq!(trace::take(), [(Event::Close, State::Dead)]);
    }
}

/// Each message may be long; together they are too long before anything is proved.
#[test]
fn too_many_bytes_kill_the_gate() {
    let mut script = Script::honest(Role::Client, &Authority::new(&[7; 32], "another authority"));
    script.client_hello.extensions.push((0xfafa, vec![0; LONG]));
    script.certificates.push((vec![0; LONG], Vec::new()));
    let mut puppet = Puppet::new(Role::Client, script);
    let mut world = World::new();
    let c = world.connect(SERVER_PORT);
    world.give(c, &puppet.take_outgoing());
    puppet.received(&world.take(c));
    trace::take();
    puppet.take_outgoing().chunks(PIECE).for_each(|piece| world.give(c, piece));
    let heard: Vec<(Event, State)> = trace::take().into_iter().filter(|(event, _)| *event != Event::Bytes).collect();
    assert_eq!(heard, [(Event::Error, State::Dead)]);
    assert!(world.heard("bytes"));
}

#[test]
fn a_release_is_followed_by_its_end() {
    let mut world = World::new();
    let (server, client) = world.released();
    trace::take();
    for c in [server, client] {
        world.take(c);
        assert_eq!(trace::take(), [(Event::Sent, State::Released)]);
        world.service.peer_closed(c, world.now);
        assert_eq!(trace::take(), [(Event::Close, State::Closed)]);
    }
}
