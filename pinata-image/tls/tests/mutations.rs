//! The two roles against each other, with one bit wrong at a time. The oracles: nothing panics, and whoever received the
//! wrong bit is never convinced.
use pinata_channel::Detail;
use pinata_entropy::Generator;
use pinata_gate::State;
use pinata_tls::{Authority, Engine, Phase, Session};

const NOW: u64 = 1_800_000_000;
const RECORD_HEADER_BYTES: usize = 5;

fn engine() -> Engine {
    let generator: &'static Generator = Box::leak(Box::new(Generator::new()));
    generator.seed(&[1; 32]);
    Engine::new(Authority::born("test", NOW, generator), generator, 8).unwrap()
}

fn feed(session: &mut Session, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let space = session.space();
        let n = space.len().min(bytes.len());
        space[..n].copy_from_slice(&bytes[..n]);
        session.received(n);
        bytes = &bytes[n..];
    }
}

fn take(session: &mut Session) -> Vec<u8> {
    let bytes = session.pending().to_vec();
    session.sent(bytes.len());
    bytes
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Leg {
    ToServer,
    ToClient,
}

struct Ran {
    server: Session,
    client: Session,
    /// What went each way, with the mutation.
    flights: Vec<(Leg, Vec<u8>)>,
}

/// Runs a handshake; `change` may alter each flight.
fn run(engine: &Engine, mut change: impl FnMut(usize, &mut Vec<u8>)) -> Ran {
    let mut ran = Ran { server: engine.server().unwrap(), client: engine.client().unwrap(), flights: Vec::new() };
    for flight in 0..4 {
        let leg = if flight % 2 == 0 { Leg::ToServer } else { Leg::ToClient };
        let (from, to) = match leg {
            Leg::ToServer => (&mut ran.client, &mut ran.server),
            Leg::ToClient => (&mut ran.server, &mut ran.client),
        };
        let mut bytes = take(from);
        change(flight, &mut bytes);
        feed(to, &bytes);
        ran.flights.push((leg, bytes));
    }
    ran
}

/// Positions whose value a receiver must not care about: a record's legacy version (RFC 8446, section 5.1).
fn ignored(flight: &[u8]) -> Vec<usize> {
    let (mut at, mut positions) = (0, Vec::new());
    while at + RECORD_HEADER_BYTES <= flight.len() {
        positions.extend([at + 1, at + 2]);
        at += RECORD_HEADER_BYTES + usize::from(u16::from_be_bytes([flight[at + 3], flight[at + 4]]));
    }
    positions
}

fn convinced(session: &mut Session) -> bool {
    let authenticated = session.take_authenticated().is_some();
    assert_eq!(authenticated, session.gate() == State::Released);
    authenticated
}

#[test]
fn the_two_roles_convince_each_other() {
    let engine = engine();
    let mut ran = run(&engine, |_, _| {});
    assert!(convinced(&mut ran.server) && convinced(&mut ran.client));
    let tag = |session: &mut Session| {
        session.take_notes().into_iter().find_map(|note| match note {
            Detail::SessionTag { tag } => Some(tag),
            _ => None,
        })
    };
    assert_eq!(tag(&mut ran.server).unwrap(), tag(&mut ran.client).unwrap());
    assert_eq!(engine.signatures(), 2);
}

#[test]
fn no_single_wrong_bit_convinces() {
    let engine = engine();
    let honest = run(&engine, |_, _| {});
    let mut tried = 0;
    for (flight, (leg, bytes)) in honest.flights.iter().enumerate() {
        let ignored = ignored(bytes);
        for position in (0..bytes.len()).filter(|position| !ignored.contains(position)) {
            let bit = 1 << (position % 8);
            let mut ran = run(&engine, |at, bytes| {
                // Signatures differ in length by a byte or two, so that a flight may be shorter than the honest one was.
                if let Some(byte) = bytes.get_mut(position)
                    && at == flight
                {
                    *byte ^= bit;
                    tried += 1;
                }
            });
            let receiver = match leg {
                Leg::ToServer => &mut ran.server,
                Leg::ToClient => &mut ran.client,
            };
            let shifted = ran.flights[flight].1.len() != bytes.len();
            assert!(!convinced(receiver) || shifted, "flight {flight}, byte {position}, bit {bit}");
        }
    }
    assert!(tried > 1000, "{tried}");
}

#[test]
fn no_cut_and_no_repetition_convinces() {
    let engine = engine();
    let honest = run(&engine, |_, _| {});
    for (flight, (leg, bytes)) in honest.flights.iter().enumerate().take(3) {
        for length in (0..bytes.len().saturating_sub(4)).step_by(7) {
            let mut ran = run(&engine, |at, bytes| {
                if at == flight {
                    bytes.truncate(length);
                }
            });
            let receiver = if *leg == Leg::ToServer { &mut ran.server } else { &mut ran.client };
            assert!(!convinced(receiver), "flight {flight} cut to {length}");
        }
        let mut ran = run(&engine, |at, bytes| {
            if at == flight {
                let again = bytes.clone();
                bytes.splice(0..0, again);
            }
        });
        let receiver = if *leg == Leg::ToServer { &mut ran.server } else { &mut ran.client };
        receiver.take_authenticated();
        assert_eq!(receiver.phase(), Phase::Failed, "flight {flight} twice");
    }
}

#[test]
fn a_release_is_refused_to_whoever_is_not_established() {
    let engine = engine();
    let mut session = engine.server().unwrap();
    session.release(b"secret", false);
    assert!(session.pending().is_empty());
    assert_eq!(session.phase(), Phase::Handshaking);
}

#[test]
fn garbage_never_panics_and_never_convinces() {
    let engine = engine();
    let generator = Generator::new();
    generator.seed(&[9; 32]);
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
        for mut session in [engine.server().unwrap(), engine.client().unwrap()] {
            feed(&mut session, &start);
            assert!(!convinced(&mut session));
        }
    }
}
