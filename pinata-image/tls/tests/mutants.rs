//! Altered handshakes against the guest's own configuration, in both of its roles. How far each may come is said in
//! `pinata_puppet::corpus`; in every one of them the gate must hear what the session tells, and nothing else.
mod support;

use pinata_puppet::corpus::{self, Mutant};
use pinata_puppet::{Message, Role, Script, View};
use pinata_tls::POST_QUANTUM;
use support::{DOCUMENT, authority, engine, judge, run};

const ROLES: [Role; 2] = [Role::Client, Role::Server];
/// Of each byte. The second implementation of the curves is slow, and all of TLS is the same with it.
const BITS: &[u8] = if POST_QUANTUM { &[0, 1, 2, 3, 4, 5, 6, 7] } else { &[0] };
/// What a puppet says arrives in one piece, or in many.
const WHOLE: usize = usize::MAX;
const SMALL: usize = 7;

/// The messages of an honest handshake and their lengths.
fn lengths(role: Role) -> Vec<(Message, usize)> {
    let authority = authority();
    run(&engine(&authority), role, Script::honest(role, &authority), WHOLE).outcome.sent
}

/// Runs all; at least so many of them must not convince.
fn judge_at_least(forbidden: usize, mutants: &[Mutant], pieces: usize) {
    judge(&engine(&authority()), mutants, pieces);
    let found = mutants.iter().filter(|mutant| mutant.reach.forbids_release()).count();
    println!("{} altered handshakes, {found} of which must not convince, and none did", mutants.len());
    assert!(found >= forbidden, "{found}");
}

fn flips(role: Role) -> Vec<Mutant> {
    corpus::flips(role, &authority(), &lengths(role), BITS)
}

#[test]
fn an_honest_peer_is_believed_in_both_roles() {
    let authority = authority();
    let engine = engine(&authority);
    for (role, pieces) in ROLES.into_iter().flat_map(|role| [(role, WHOLE), (role, SMALL), (role, 1)]) {
        let ran = run(&engine, role, Script::honest(role, &authority), pieces);
        assert!(ran.released && ran.outcome.said_goodbye, "{:?}", ran.notes);
        assert_eq!(ran.outcome.data, DOCUMENT);
        let proofs = ["certificate", "chain_ok", "possession_ok", "finished", "released"];
        let kinds: Vec<&str> = ran.kinds().into_iter().filter(|kind| proofs.contains(kind)).collect();
        assert_eq!(kinds, proofs);
    }
    // Where nothing is altered, what is meant is what is received.
    for role in ROLES {
        let script = Script::honest(role, &authority).viewed(View::Meant, View::Meant);
        assert!(run(&engine, role, script, WHOLE).released);
    }
}

#[test]
fn named_alterations_come_as_far_as_they_may() {
    let named: Vec<Mutant> = ROLES.into_iter().flat_map(|role| corpus::named(role, &authority())).collect();
    judge_at_least(900, &named, WHOLE);
    judge_at_least(900, &named, SMALL);
}

#[test]
fn no_cut_message_convinces() {
    let cuts = |role| corpus::cuts(role, &authority(), &lengths(role));
    judge_at_least(2_000, &ROLES.into_iter().flat_map(cuts).collect::<Vec<_>>(), WHOLE);
}

#[test]
fn no_flipped_bit_of_a_client_that_is_asked_for_another_hello_convinces() {
    let authority = authority();
    let twice = corpus::asks_twice(&Script::honest(Role::Client, &authority));
    let ran = run(&engine(&authority), Role::Client, twice.clone(), WHOLE);
    assert!(ran.released && ran.kinds().contains(&"hello_retry"), "{:?}", ran.notes);
    let hellos: Vec<(Message, usize)> = ran.outcome.sent.into_iter().take(2).collect();
    judge_at_least(300, &corpus::flips_in(Role::Client, &twice, &hellos, &[0]), WHOLE);
}

#[test]
fn no_flipped_bit_of_a_client_convinces() {
    judge_at_least(900 * BITS.len(), &flips(Role::Client), WHOLE);
}

#[test]
fn no_flipped_bit_of_a_server_convinces() {
    judge_at_least(900 * BITS.len(), &flips(Role::Server), WHOLE);
}
