//! What somebody on the wire can do who has no keys: the guest's two roles against each other, with records changed between
//! them. Whoever received the change is not convinced, and nothing panics.
mod support;

use pinata_channel::Detail;
use pinata_entropy::Generator;
use pinata_gate::State;
use pinata_puppet::Role;
use pinata_tls::{Engine, Phase};
use support::{Watched, authority, engine, generator};

const RECORD_HEADER_BYTES: usize = 5;
const APPLICATION_DATA: u8 = 23;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Leg {
    ToServer,
    ToClient,
}

struct Ran {
    server: Watched,
    client: Watched,
    /// What went each way, with the change.
    flights: Vec<(Leg, Vec<u8>)>,
    convinced: Vec<Leg>,
}

impl Ran {
    fn receiver(&mut self, leg: Leg) -> &mut Watched {
        match leg {
            Leg::ToServer => &mut self.server,
            Leg::ToClient => &mut self.client,
        }
    }
}

/// Runs a handshake; `change` may alter each flight.
fn run(engine: &Engine, mut change: impl FnMut(usize, &mut Vec<u8>)) -> Ran {
    let silent = |peer| Watched { is_silent: true, ..Watched::new(engine, peer) };
    let (server, client) = (silent(Role::Client), silent(Role::Server));
    let mut ran = Ran { server, client, flights: Vec::new(), convinced: Vec::new() };
    for flight in 0..4 {
        let (leg, other) =
            if flight % 2 == 0 { (Leg::ToServer, Leg::ToClient) } else { (Leg::ToClient, Leg::ToServer) };
        let mut bytes = ran.receiver(other).take_pending();
        change(flight, &mut bytes);
        if ran.receiver(leg).receive(&bytes) > 0 {
            ran.convinced.push(leg);
        }
        ran.flights.push((leg, bytes));
    }
    ran
}

/// Positions whose value a receiver must not care about: a record's legacy version (RFC 8446, section 5.1), and the type outside
/// of a protected record, which rustls does not compare with what section 5.2 fixes: it goes by the one inside.
fn ignored(flight: &[u8]) -> Vec<usize> {
    let (mut at, mut positions) = (0, Vec::new());
    while at + RECORD_HEADER_BYTES <= flight.len() {
        positions.extend([at + 1, at + 2]);
        if flight[at] == APPLICATION_DATA {
            positions.push(at);
        }
        at += RECORD_HEADER_BYTES + usize::from(u16::from_be_bytes([flight[at + 3], flight[at + 4]]));
    }
    positions
}

#[test]
fn the_two_roles_convince_each_other() {
    let engine = engine(&authority());
    let ran = run(&engine, |_, _| {});
    assert_eq!(ran.convinced, [Leg::ToClient, Leg::ToServer]);
    let tag = |notes: &[Detail]| {
        notes.iter().find_map(|note| match note {
            Detail::SessionTag { tag } => Some(*tag),
            _ => None,
        })
    };
    assert_eq!(tag(&ran.server.notes).unwrap(), tag(&ran.client.notes).unwrap());
    assert_eq!(engine.signatures(), 2);
}

#[test]
fn no_wrong_bit_on_the_wire_convinces() {
    let engine = engine(&authority());
    let honest = run(&engine, |_, _| {});
    let mut tried = 0;
    for (flight, (leg, bytes)) in honest.flights.iter().enumerate().take(3) {
        let ignored = ignored(bytes);
        for position in (0..bytes.len()).filter(|position| !ignored.contains(position)) {
            let mut is_changed = false;
            let ran = run(&engine, |at, bytes| {
                // Signatures differ in length by a byte or two, so that a flight may be shorter than the honest one was.
                if let Some(byte) = bytes.get_mut(position)
                    && at == flight
                {
                    *byte ^= 1 << (position % 8);
                    is_changed = true;
                }
            });
            let is_shifted = ran.flights[flight].1.len() != bytes.len();
            assert!(!ran.convinced.contains(leg) || is_shifted, "flight {flight}, byte {position}");
            tried += usize::from(is_changed);
        }
    }
    assert!(tried > 1000, "{tried}");
}

#[test]
fn no_cut_and_no_repetition_on_the_wire_convinces() {
    let engine = engine(&authority());
    let honest = run(&engine, |_, _| {});
    for (flight, (leg, bytes)) in honest.flights.iter().enumerate().take(3) {
        for length in (0..bytes.len().saturating_sub(4)).step_by(7) {
            let ran = run(&engine, |at, bytes| {
                if at == flight {
                    bytes.truncate(length);
                }
            });
            assert!(!ran.convinced.contains(leg), "flight {flight} cut to {length}");
        }
        let mut ran = run(&engine, |at, bytes| {
            if at == flight {
                let again = bytes.clone();
                bytes.splice(0..0, again);
            }
        });
        assert_eq!(ran.receiver(*leg).session.phase(), Phase::Failed, "flight {flight} twice");
    }
}

#[test]
fn garbage_never_panics_and_never_convinces() {
    let engine = engine(&authority());
    let generator: &Generator = generator();
    let hello = run(&engine, |_, _| {}).flights[0].1.clone();
    for round in 0..400u32 {
        let mut bytes = vec![0; 3000];
        generator.fill(&mut bytes).unwrap();
        let mut start = match round % 4 {
            0 => Vec::new(),
            1 => vec![22, 3, 1],
            2 => vec![22, 3, 3, 0, 4, (round % 30) as u8],
            _ => hello.clone(),
        };
        start.extend(bytes);
        for peer in [Role::Client, Role::Server] {
            let mut guest = Watched::new(&engine, peer);
            assert_eq!(guest.receive(&start), 0);
            assert_ne!(guest.session.gate(), State::Released);
        }
    }
}
