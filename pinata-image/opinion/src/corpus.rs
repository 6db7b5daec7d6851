//! The cases: everything that a puppet has a name for, and here what concerns the first flight alone.

mod extensions;
mod lengths;
mod openings;
mod retries;
mod shares;
mod streams;

use crate::{Case, Play};
use pinata_puppet::hello::ClientHello;
use pinata_puppet::{Authority, Message, Role, Script, corpus};
use std::collections::BTreeSet;

const HEADER_BYTES: usize = 4;
/// Scheme, length, and a signature of which both numbers lack two bytes, which hardly any does.
const SHORTEST_CERTIFICATE_VERIFY: usize = HEADER_BYTES + 2 + 2 + 66;

/// With content of type 0, a message's last byte is taken for its type. These end with bytes that each handshake draws anew.
const DRAWN: [&str; 2] = ["record of CertificateVerify: content of type 0", "record of Finished: content of type 0"];

/// All cases, honest ones included. `authority`: of the servers. Names are unique.
pub fn cases(authority: &Authority) -> Vec<Case> {
    let honest = Script::honest(Role::Client, authority);
    let mut all = vec![scripted("honest", honest.clone())];
    let named = corpus::named(Role::Client, authority);
    assert!(DRAWN.iter().all(|name| named.iter().any(|mutant| mutant.name == *name)), "they have other names");
    let lasting = named.into_iter().filter(|mutant| !DRAWN.contains(&&*mutant.name));
    all.extend(lasting.map(|mutant| scripted(mutant.name, mutant.script)));
    all.extend(bits_and_ends(authority, &honest));
    all.extend(extensions::cases(&honest));
    all.extend(lengths::cases(&honest));
    all.extend(openings::cases(&honest));
    all.extend(retries::cases(&honest));
    all.extend(streams::cases(&honest));
    let names: BTreeSet<&str> = all.iter().map(|case| &case.name[..]).collect();
    assert_eq!(names.len(), all.len(), "two cases have one name");
    all
}

/// A bit of each byte of each message, and the hello with each length.
fn bits_and_ends(authority: &Authority, honest: &Script) -> Vec<Case> {
    // Context, list, certificate and extensions have a length each (RFC 8446, section 4.4.2).
    let certificate = HEADER_BYTES + 1 + 3 + 3 + authority.client.chain[0].len() + 2;
    let hello = (Message::ClientHello, honest.client_hello.encode().len());
    let lengths = [
        hello,
        (Message::Certificate, certificate),
        (Message::CertificateVerify, SHORTEST_CERTIFICATE_VERIFY),
        (Message::Finished, HEADER_BYTES + 32),
    ];
    let flips = corpus::flips(Role::Client, authority, &lengths, &[0]);
    let cuts = corpus::cuts(Role::Client, authority, &[hello]);
    let all_seen = flips.into_iter().filter(|mutant| !mutant.name.contains("as meant")).chain(cuts);
    all_seen.map(|mutant| scripted(mutant.name, mutant.script)).collect()
}

fn scripted(name: impl Into<String>, script: Script) -> Case {
    Case { name: name.into(), play: Play::Script(Box::new(script)) }
}

fn recited(name: impl Into<String>, flights: Vec<Vec<u8>>) -> Case {
    Case { name: name.into(), play: Play::Flights(flights) }
}

/// A handshake that is honest after this change of its hello.
fn with_hello(honest: &Script, name: String, change: impl FnOnce(&mut ClientHello)) -> Case {
    let mut script = honest.clone();
    change(&mut script.client_hello);
    scripted(name, script)
}
