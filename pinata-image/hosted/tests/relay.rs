//! The guest against itself.
mod support;

use pinata_service::{CLIENT_PORT, SERVER_PORT};
use std::net::TcpStream;
use std::thread;
use support::*;

fn released_to_self(events: &[Told]) -> bool {
    field_bool(events.iter().find(|event| event.kind() == "released").unwrap(), "self")
}

fn tag(events: &[Told]) -> Vec<u8> {
    field_bytes(events.iter().find(|event| event.kind() == "session_tag").unwrap(), "tag")
}

#[test]
fn a_relay_of_both_roles_is_known_to_both_before_the_release() {
    let mut rig = Rig::start(None, Limits::default());
    let (server, client) = (rig.attempt(SERVER_PORT), rig.attempt(CLIENT_PORT));
    copy_both_ways(server.connect(), client.connect());
    let (server, client) = (rig.events(&server), rig.events(&client));
    assert!(released_to_self(&server) && released_to_self(&client));
    assert_eq!(tag(&server), tag(&client));
}

#[test]
fn a_server_leg_that_is_dropped_early_does_not_hide_the_relay() {
    let mut rig = Rig::start(None, Limits::default());
    let (server_attempt, client_attempt) = (rig.attempt(SERVER_PORT), rig.attempt(CLIENT_PORT));
    let (mut server, mut client) = (server_attempt.connect(), client_attempt.connect());
    relay_some(&mut client, &mut server);
    let flight = read_flight(&mut server);
    drop(server);
    rig.events(&server_attempt);
    std::io::Write::write_all(&mut client, &flight).unwrap();
    rig.wait_for(|told| {
        told.name == "event" && told.id().as_deref() == Some(&client_attempt.id) && told.kind() == "released"
    });
    drop(client);
    assert!(released_to_self(&rig.events(&client_attempt)));
}

/// One read's worth, which is one hello.
fn relay_some(from: &mut TcpStream, to: &mut TcpStream) {
    let mut bytes = [0; 16_384];
    let n = std::io::Read::read(from, &mut bytes).unwrap();
    std::io::Write::write_all(to, &bytes[..n]).unwrap();
}

/// The server's flight: ServerHello, ChangeCipherSpec, and ciphertext up to its Finished of 53 bytes
/// (4 + 32 of handshake, a content type, a tag).
fn read_flight(from: &mut TcpStream) -> Vec<u8> {
    let mut flight = Vec::new();
    loop {
        let mut header = [0; 5];
        std::io::Read::read_exact(from, &mut header).unwrap();
        let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
        let mut body = vec![0; length];
        std::io::Read::read_exact(from, &mut body).unwrap();
        flight.extend(header);
        flight.extend(&body);
        if header[0] == 23 && (length == 53 || from.peek_is_empty()) {
            return flight;
        }
    }
}

trait PeekIsEmpty {
    fn peek_is_empty(&self) -> bool;
}

impl PeekIsEmpty for TcpStream {
    fn peek_is_empty(&self) -> bool {
        self.set_nonblocking(true).unwrap();
        let empty = self.peek(&mut [0]).is_err();
        self.set_nonblocking(false).unwrap();
        empty
    }
}

#[test]
fn separate_sessions_at_the_same_time_are_not_a_relay() {
    let authority = Authority::new("/CN=pinata practice authority", RsaOrEc::Ec);
    let mut rig = Rig::start(Some(&authority), Limits::default());
    // An attacker that holds both credentials terminates TLS on both legs at once.
    let server = TlsServer::start(&authority, "server", &[]);
    let (to_server_role, to_client_role) = (rig.attempt(SERVER_PORT), rig.attempt(CLIENT_PORT));
    let (guest, attacker) = (to_client_role.connect(), TcpStream::connect(server.address).unwrap());
    let leg = thread::spawn(|| copy_both_ways(guest, attacker));
    let outcome = s_client(to_server_role.listen(), Some((&authority, "client")), &[]);
    assert_eq!(outcome.stdout, DOCUMENT);
    let (one, other) = (rig.events(&to_server_role), rig.events(&to_client_role));
    assert!(!released_to_self(&one) && !released_to_self(&other));
    assert_ne!(tag(&one), tag(&other));
    server.finish();
    leg.join().unwrap();
}
