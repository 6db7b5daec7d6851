//! Handshakes as they were on the wire: see `pinata_fuzz::records`.
use crate::Seed;
use pinata_fuzz::support::input::Output;
use pinata_fuzz::support::watched::Watched;
use pinata_fuzz::support::world::world;
use pinata_puppet::{Puppet, Role, Script};

const GUEST_IS_SERVER: u8 = 1;
const GUEST_IS_CLIENT: u8 = 0;

pub fn seeds() -> Vec<Seed> {
    let world = world();
    let stream = |role, bytes: &[u8]| Output::default().byte(role).byte(255).short(0).bytes(bytes).0;
    let mut seeds: Vec<Seed> = Vec::new();

    // The guest's own hello has X25519MLKEM768; a puppet's has not.
    let (mut client, mut server) = (Watched::new(world, Role::Client), Watched::new(world, Role::Server));
    let hello = client.take();
    server.give(&hello, usize::MAX);
    let flight = server.take();
    client.give(&flight, usize::MAX);
    seeds.push(("recorded-hello-hybrid".into(), stream(GUEST_IS_SERVER, &hello)));
    seeds.push(("recorded-flight-hybrid".into(), stream(GUEST_IS_CLIENT, &flight)));
    seeds.push(("recorded-client-hybrid".into(), stream(GUEST_IS_SERVER, &[&hello[..], &client.take()].concat())));

    for (name, peer, guest, role) in [
        ("client", Role::Client, Role::Server, GUEST_IS_SERVER),
        ("server", Role::Server, Role::Client, GUEST_IS_CLIENT),
    ] {
        let mut guest = Watched::new(world, guest);
        let mut puppet = Puppet::new(peer, Script::honest(peer, &world.authority));
        let mut said = Vec::new();
        for _ in 0..3 {
            let bytes = puppet.take_outgoing();
            guest.give(&bytes, usize::MAX);
            puppet.received(&guest.take());
            said.extend(bytes);
        }
        seeds.push((format!("recorded-{name}"), stream(role, &said)));
    }
    // Alerts, ChangeCipherSpecs, SSL 2, and HTTP.
    seeds.push(("alert".into(), stream(GUEST_IS_SERVER, &[21, 3, 3, 0, 2, 2, 40])));
    seeds.push(("change-cipher-spec".into(), stream(GUEST_IS_SERVER, &[20, 3, 3, 0, 1, 1, 20, 3, 3, 0, 0])));
    seeds.push(("ssl-2".into(), stream(GUEST_IS_SERVER, b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10\x07\x00\xc0")));
    seeds.push(("http".into(), stream(GUEST_IS_SERVER, b"GET / HTTP/1.1\r\nHost: pinata\r\n\r\n")));
    // A message that says how long it is, and drips in by records of 256 bytes: as long as one may be, and longer.
    for (name, length) in [("longest-message", [0, 0xff, 0xff]), ("longer-message", [0xff, 0xff, 0xff])] {
        let begun = Output::default().byte(GUEST_IS_SERVER).byte(255).short(1);
        let begun = begun.piece(&[&[22, 3, 3, 0, 4, 1][..], &length].concat()).byte(0);
        seeds.push((name.into(), begun.piece(&[&[22, 3, 3, 1, 0][..], &[0; 256]].concat()).byte(255).0));
    }
    seeds
}
