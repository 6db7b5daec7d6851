//! The corpus, played to a guest in several lanes.

use crate::attempt::AttemptId;
use crate::dial::dial;
use crate::order::Order;
use pinata_preface::PrefaceKey;
use pinata_puppet::corpus::{self, Mutant, Reach};
use pinata_puppet::{Authority, Outcome, Puppet, Role, Script};
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The ports that the guest believes to be reached at.
const SERVER_PORT: u16 = 10_000;
const CLIENT_PORT: u16 = 10_002;
/// An honest handshake after so many altered ones.
const HONEST_EVERY: usize = 25;
/// Which bit of each byte is flipped.
const BITS: [u8; 1] = [0];
const HONEST: Reach = Reach::Release("nothing is altered");

/// Prints a line for each connection. Fails if one cannot be made, or is left hanging.
pub fn run(order: &Order, authority: &Authority) -> io::Result<()> {
    let work = work(order, authority)?;
    let (next, preface) = (AtomicUsize::new(0), PrefaceKey::new(&order.preface_key));
    let lane = |number: usize| -> io::Result<()> {
        while let Some(mutant) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            let id = AttemptId::next();
            let outcome = play(mutant.role, mutant.script.clone(), id, &preface, order, number)
                .map_err(|error| io::Error::new(error.kind(), format!("{:?} {}: {error}", mutant.role, mutant.name)))?;
            let (reach, bytes) = (reach(mutant.reach), outcome.data.len());
            writeln!(io::stdout(), "{id}\t{:?}\t{reach}\t{bytes}\t{}", mutant.role, mutant.name)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..order.lanes).map(|number| scope.spawn(move || lane(number))).collect();
        lanes.into_iter().try_for_each(|lane| lane.join().expect("a lane does not panic"))
    })
}

/// All altered handshakes of both roles, with honest ones in between.
fn work(order: &Order, authority: &Authority) -> io::Result<Vec<Mutant>> {
    let mut work = Vec::new();
    for role in [Role::Client, Role::Server] {
        let honest = Mutant { name: "honest".into(), role, script: Script::honest(role, authority), reach: HONEST };
        let preface = PrefaceKey::new(&order.preface_key);
        let lengths = play(role, honest.script.clone(), AttemptId::next(), &preface, order, 0)?.sent;
        let mut mutants = corpus::named(role, authority);
        mutants.extend(corpus::flips(role, authority, &lengths, &BITS));
        for batch in mutants.chunks(HONEST_EVERY) {
            work.extend_from_slice(batch);
            work.push(honest.clone());
        }
    }
    Ok(work)
}

/// Each lane has a port of its own where there are enough: QEMU lets hardly anybody wait at a port.
fn play(
    role: Role,
    script: Script,
    id: AttemptId,
    preface: &PrefaceKey,
    order: &Order,
    lane: usize,
) -> io::Result<Outcome> {
    let (addresses, port) = match role {
        Role::Client => (&order.server, SERVER_PORT),
        Role::Server => (&order.client, CLIENT_PORT),
    };
    let to = addresses.get(lane % addresses.len().max(1)).ok_or(io::ErrorKind::AddrNotAvailable)?;
    let mut stream = dial(*to)?;
    stream.write_all(&preface.seal(&id.0, port))?;
    Puppet::new(role, script).run_tcp(&stream)
}

fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Nothing => "nothing",
        Reach::Certificate => "certificate",
        Reach::Chain => "chain",
        Reach::Possession => "possession",
        Reach::Either(_) => "either",
        Reach::Release(_) => "release",
    }
}
