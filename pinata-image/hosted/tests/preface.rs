//! Connections that the gateway did not name.
mod support;

use pinata_service::{CLIENT_PORT, SERVER_PORT};
use std::io::{Read, Write};
use std::net::TcpStream;
use support::*;

/// Writes 54 bytes of preface and something more; returns whether the guest ended it without a byte.
fn is_cut(attempt: &Attempt, preface: &[u8]) -> bool {
    let mut socket = TcpStream::connect(attempt.guest).unwrap();
    socket.write_all(preface).unwrap();
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    answer.is_empty()
}

fn refusal(rig: &Rig, reason: &str) -> Told {
    rig.wait_for(|told| told.name == "event" && told.kind() == "preface_bad" && field_text(told, "reason") == reason)
}

#[test]
fn a_wrong_mac_is_refused_without_a_name() {
    let mut rig = Rig::start(None, Limits::default());
    let attempt = rig.attempt(SERVER_PORT);
    let mut preface = attempt.preface;
    preface[53] ^= 1;
    assert!(is_cut(&attempt, &preface));
    let event = refusal(&rig, "mac");
    assert_eq!(event.id(), None);
    assert_eq!(field_uint(&event, "port"), u64::from(SERVER_PORT));
}

#[test]
fn another_ports_preface_is_refused() {
    let mut rig = Rig::start(None, Limits::default());
    let (server, client) = (rig.attempt(SERVER_PORT), rig.attempt(CLIENT_PORT));
    assert!(is_cut(&client, &server.preface));
    assert_eq!(field_uint(&refusal(&rig, "mac"), "port"), u64::from(CLIENT_PORT));
}

#[test]
fn no_preface_at_all_is_refused() {
    let mut rig = Rig::start(None, Limits::default());
    let attempt = rig.attempt(SERVER_PORT);
    assert!(is_cut(&attempt, &[0x16; 54]));
    refusal(&rig, "form");
}

#[test]
fn an_attempt_is_named_once() {
    let mut rig = Rig::start(None, Limits::default());
    let attempt = rig.attempt(SERVER_PORT);
    drop(attempt.connect());
    rig.events(&attempt);
    assert!(is_cut(&attempt, &attempt.preface));
    assert_eq!(refusal(&rig, "replay").id(), None);
    rig.events(&attempt);
}

#[test]
fn silence_instead_of_a_preface_ends() {
    let mut rig = Rig::start(None, Limits { handshake_ms: 50, ..Limits::default() });
    let attempt = rig.attempt(SERVER_PORT);
    assert!(is_cut(&attempt, &attempt.preface[..53]));
    refusal(&rig, "timeout");
}
