//! Clients that are asked for another hello (RFC 8446, section 4.1.4), and what they make of that.

use super::{Mutant, Reach, VIEWS, mutant, names, seen_as};
use crate::hello::{
    ALPN, COOKIE, ClientHello, Extensions, KEY_SHARE, SERVER_NAME, SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS,
    SUPPORTED_VERSIONS, X25519, numbers,
};
use crate::wire::{vec8, vec16};
use crate::{Change, Edit, Message, Role, Script};

const UNCHECKED: &str =
    "RFC 8446, section 4.1.2, wants the same hello again; a server need not compare, and both are signed";

/// A script whose first hello has no share, so that a server asks for one.
pub fn asks_twice(honest: &Script) -> Script {
    let mut first = honest.client_hello.clone();
    first.extensions.set(KEY_SHARE, vec16(&[]));
    Script { first_hello: Some(first), ..honest.clone() }
}

pub(super) fn mutants(honest: &Script) -> Vec<Mutant> {
    type Changes = fn(&mut ClientHello);
    const NO: Reach = Reach::Nothing;
    const SAME: Reach = Reach::Either(UNCHECKED);
    let twice = asks_twice(honest);
    let seconds: Vec<(&str, Changes, Reach)> = vec![
        ("without a share again", |h| h.extensions.set(KEY_SHARE, vec16(&[])), NO),
        (
            "with the share of another group",
            |h| {
                h.extensions.set(KEY_SHARE, vec16(&[&numbers(&[23])[..], &vec16(&[4; 65])].concat()));
            },
            NO,
        ),
        (
            "with a share of zeros",
            |h| {
                h.extensions.set(KEY_SHARE, vec16(&[&numbers(&[X25519])[..], &vec16(&[0; 32])].concat()));
            },
            NO,
        ),
        ("without versions", |h| h.extensions.unset(SUPPORTED_VERSIONS), NO),
        ("without groups", |h| h.extensions.unset(SUPPORTED_GROUPS), NO),
        ("without signature algorithms", |h| h.extensions.unset(SIGNATURE_ALGORITHMS), NO),
        ("without suites", |h| h.suites.clear(), NO),
        ("with another suite", |h| h.suites = vec![0x1303], SAME),
        ("with another random", |h| h.random = vec![3; 32], SAME),
        ("with another session id", |h| h.session_id = vec![3; 32], SAME),
        ("with another server name", |h| h.extensions.unset(SERVER_NAME), SAME),
        ("with a cookie that nobody gave", |h| h.extensions.push((COOKIE, vec16(&[1]))), SAME),
        ("with an extension more", |h| h.extensions.push((ALPN, vec16(&vec8(b"h2")))), SAME),
    ];
    let mut all = vec![mutant(Role::Client, "retry", twice.clone(), Reach::Release(names::ANOTHER_HELLO))];
    all.extend(seconds.into_iter().map(|(name, change, reach)| {
        let mut script = twice.clone();
        change(&mut script.client_hello);
        mutant(Role::Client, format!("retry: second hello {name}"), script, reach)
    }));
    let cut = |kept| Edit::Bytes(Message::ClientHello, Change::Shorten(kept));
    for (name, edit) in [
        ("nothing", Edit::Drop(Message::ClientHello)),
        ("two hellos", Edit::Repeat(Message::ClientHello)),
        ("half a hello", cut(60)),
        ("something else", Edit::Bytes(Message::ClientHello, Change::Replace(vec![11, 0, 0, 4, 0, 0, 0, 0]))),
    ] {
        all.push(mutant(Role::Client, format!("retry: answered by {name}"), twice.clone().edit(edit), NO));
    }
    // The first hello is in the transcript by its hash alone.
    let bent = twice.clone().edit(Edit::Bytes(Message::FirstHello, Change::Flip { byte: 10, bit: 0 }));
    for (signed, finished, seen) in VIEWS {
        let reach = seen_as(SAME, Message::FirstHello, signed, finished);
        all.push(mutant(
            Role::Client,
            format!("retry: another random first{seen}"),
            bent.clone().viewed(signed, finished),
            reach,
        ));
    }
    all
}
