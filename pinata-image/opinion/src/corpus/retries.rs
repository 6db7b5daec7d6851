//! A second hello after the server has asked for one (RFC 8446, section 4.1.2).

use super::recited;
use crate::Case;
use crate::actor::in_record;
use pinata_puppet::Script;
use pinata_puppet::hello::{
    COOKIE, ClientHello, EARLY_DATA, Extensions, KEY_SHARE, SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS, SUPPORTED_VERSIONS,
    X25519, numbers,
};
use pinata_puppet::record::{ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, plain};
use pinata_puppet::wire::{message, vec8, vec16};

const SECP256R1: u16 = 23;

pub(super) fn cases(honest: &Script) -> Vec<Case> {
    let answer = &honest.client_hello;
    let mut first = answer.clone();
    first.extensions.set(KEY_SHARE, vec16(&[]));
    let first = in_record(&first.encode());
    let after = |name: &str, second: Vec<u8>| recited(format!("asked again: {name}"), vec![first.clone(), second]);
    type Change = fn(&mut ClientHello);
    let changes: Vec<(&str, Change)> = vec![
        ("the hello that was wanted", |_| {}),
        ("no share again", |h| h.extensions.set(KEY_SHARE, vec16(&[]))),
        ("a share of another group", |h| h.extensions.set(KEY_SHARE, vec16(&share(SECP256R1, &[4; 65])))),
        ("a share of an unknown group", |h| h.extensions.set(KEY_SHARE, vec16(&share(0x1a1a, &[4; 65])))),
        ("two shares", |h| {
            h.extensions.set(KEY_SHARE, vec16(&[share(X25519, &[9; 32]), share(0x1a1a, &[1])].concat()))
        }),
        ("a share of 31 bytes", |h| h.extensions.set(KEY_SHARE, vec16(&share(X25519, &[9; 31])))),
        ("a share of zeros", |h| h.extensions.set(KEY_SHARE, vec16(&share(X25519, &[0; 32])))),
        ("no shares extension", |h| h.extensions.unset(KEY_SHARE)),
        ("another random", |h| h.random = vec![0x44; 32]),
        ("another session id", |h| h.session_id = vec![0x44; 32]),
        ("no session id", |h| h.session_id.clear()),
        ("another legacy version", |h| h.legacy_version = 0x0301),
        ("the other suite alone", |h| h.suites.truncate(1)),
        ("a suite that nobody has", |h| h.suites = vec![0x1302]),
        ("other groups", |h| h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[SECP256R1])))),
        ("more groups", |h| h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[X25519, SECP256R1])))),
        ("no versions", |h| h.extensions.unset(SUPPORTED_VERSIONS)),
        ("TLS 1.2 alone", |h| h.extensions.set(SUPPORTED_VERSIONS, vec8(&numbers(&[0x0303])))),
        ("other signature algorithms", |h| h.extensions.set(SIGNATURE_ALGORITHMS, vec16(&numbers(&[0x0503])))),
        ("a cookie that nobody gave", |h| h.extensions.push((COOKIE, vec16(&[1; 16])))),
        ("early data", |h| h.extensions.push((EARLY_DATA, Vec::new()))),
        ("an extension more", |h| h.extensions.push((0xfafa, vec![1]))),
        ("extensions in reverse", |h| h.extensions.reverse()),
        ("compression", |h| h.compression = vec![1, 0]),
    ];
    let mut all: Vec<Case> = changes
        .into_iter()
        .map(|(name, change)| {
            let mut second = answer.clone();
            change(&mut second);
            after(name, in_record(&second.encode()))
        })
        .collect();
    let hello = in_record(&answer.encode());
    let spec = plain(CHANGE_CIPHER_SPEC, &[1]);
    all.extend([
        after("change_cipher_spec and hello", [&spec[..], &hello].concat()),
        after("two change_cipher_specs and hello", [&spec[..], &spec, &hello].concat()),
        after("nothing", Vec::new()),
        after("half a hello", hello[..hello.len() / 2].to_vec()),
        after("hello twice", [&hello[..], &hello].concat()),
        after("no hello but Finished", in_record(&message(20, &[0; 32]))),
        after("no hello but a certificate", in_record(&message(11, &[0; 4]))),
        after("no hello but a hello of a server", in_record(&message(2, &[0; 40]))),
        after("an alert", plain(ALERT, &[2, 40])),
        after("a warning and hello", [&plain(ALERT, &[1, 90])[..], &hello].concat()),
        after("data", plain(APPLICATION_DATA, &[7; 40])),
        after("garbage", vec![b'G'; 300]),
    ]);
    all
}

fn share(group: u16, key: &[u8]) -> Vec<u8> {
    [&numbers(&[group])[..], &vec16(key)].concat()
}
