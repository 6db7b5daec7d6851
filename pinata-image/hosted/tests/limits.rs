//! Slow, large and many.
mod support;

use pinata_service::SERVER_PORT;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use support::*;

const SUBJECT: &str = "/CN=pinata practice authority";

fn limit(events: &[Told]) -> String {
    field_text(events.iter().find(|event| event.kind() == "limit").unwrap(), "which")
}

/// A port for one client whose bytes reach the guest one at a time.
fn listen_byte_by_byte(attempt: &Attempt) -> std::net::SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let attempt = attempt.clone();
    thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut guest = attempt.connect();
        let (mut from, mut to) = (guest.try_clone().unwrap(), client.try_clone().unwrap());
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
        let mut bytes = [0; 4096];
        while let Ok(n @ 1..) = client.read(&mut bytes) {
            for byte in &bytes[..n] {
                if guest.write_all(&[*byte]).is_err() {
                    return;
                }
            }
        }
    });
    address
}

#[test]
fn bytes_may_come_one_at_a_time() {
    let authority = Authority::new(SUBJECT, RsaOrEc::Ec);
    let mut rig = Rig::start(Some(&authority), Limits::default());
    let attempt = rig.attempt(SERVER_PORT);
    let outcome = s_client(listen_byte_by_byte(&attempt), Some((&authority, "client")), &[]);
    assert_eq!(outcome.stdout, DOCUMENT, "{outcome:?}");
}

#[test]
fn a_certificate_of_twenty_kilobytes_is_read() {
    let authority = Authority::new(SUBJECT, RsaOrEc::Ec);
    authority.leaf("huge", LeafKind::HugeClient(20_000), RsaOrEc::Ec);
    let mut rig = Rig::start(Some(&authority), Limits::default());
    let attempt = rig.attempt(SERVER_PORT);
    let outcome = s_client(attempt.listen(), Some((&authority, "huge")), &[]);
    assert_eq!(outcome.stdout, DOCUMENT, "{outcome:?}");
    let events = rig.events(&attempt);
    let certificate = events.iter().find(|event| event.kind() == "certificate").unwrap();
    assert!(certificate.list("chain").is_empty(), "too long to report");
    assert_eq!(field_uint(certificate, "count"), 1);
}

#[test]
fn more_bytes_than_allowed_end_the_attempt() {
    let authority = Authority::new(SUBJECT, RsaOrEc::Ec);
    authority.leaf("huge", LeafKind::HugeClient(20_000), RsaOrEc::Ec);
    let mut rig = Rig::start(Some(&authority), Limits { bytes_before_auth: 10_000, ..Limits::default() });
    let attempt = rig.attempt(SERVER_PORT);
    let outcome = s_client(attempt.listen(), Some((&authority, "huge")), &[]);
    assert_eq!(outcome.stdout, "");
    assert_eq!(limit(&rig.events(&attempt)), "bytes");
}

#[test]
fn a_long_chain_ends_the_attempt() {
    let authority = Authority::new(SUBJECT, RsaOrEc::Ec);
    let mut rig = Rig::start(Some(&authority), Limits { chain_max: 1, ..Limits::default() });
    let attempt = rig.attempt(SERVER_PORT);
    let ca = authority.path("ca.pem");
    let options = ["-cert_chain", ca.to_str().unwrap()];
    let outcome = s_client(attempt.listen(), Some((&authority, "client")), &options);
    assert_eq!(outcome.alert(), Some(46), "{outcome:?}");
    assert_eq!(limit(&rig.events(&attempt)), "chain");
}

#[test]
fn a_handshake_has_its_time() {
    let mut rig = Rig::start(None, Limits { handshake_ms: 100, ..Limits::default() });
    let attempt = rig.attempt(SERVER_PORT);
    let mut socket = attempt.connect();
    socket.write_all(&[22]).unwrap();
    assert_eq!(socket.read_to_end(&mut Vec::new()).unwrap(), 0);
    drop(socket);
    let events = rig.events(&attempt);
    assert_eq!(limit(&events), "handshake");
    assert_eq!(field_text(events.last().unwrap(), "by"), "timeout");
}

#[test]
fn places_run_out_and_come_back() {
    let mut rig = Rig::start(None, Limits { places: 2, ..Limits::default() });
    let attempts: Vec<Attempt> = (0..3).map(|_| rig.attempt(SERVER_PORT)).collect();
    let held: Vec<TcpStream> = attempts.iter().map(Attempt::connect).collect();
    for attempt in &attempts {
        rig.wait_for(|told| told.name == "event" && told.id().as_deref() == Some(&attempt.id));
    }
    let _refused = rig.attempt(SERVER_PORT).connect();
    let full = rig.wait_for(|told| told.name == "event" && told.kind() == "limit");
    assert_eq!(field_text(&full, "which"), "places");
    assert_eq!(full.id(), None);
    drop(held);
    attempts.iter().for_each(|attempt| drop(rig.events(attempt)));
    let again = rig.attempt(SERVER_PORT);
    drop(again.connect());
    rig.events(&again);
}

#[test]
fn the_signature_cap_ends_the_boot() {
    let mut rig = Rig::start(None, Limits { signatures_max: 1, ..Limits::default() });
    rig.prove([1; 32]);
    let last = rig.wait_for_end().pop().unwrap();
    assert_eq!((last.kind(), field_text(&last, "which")), ("limit".into(), "signatures".into()));
}

#[test]
fn what_the_supervisor_may_not_say_is_a_fault() {
    let mut rig = Rig::unprovisioned();
    rig.tell("prove", ciborium::Value::Map(vec![]));
    let fault = rig.wait_for_end().pop().unwrap();
    assert_eq!((fault.name.as_str(), field_text(&fault, "reason")), ("fault", "channel: Schema".into()));

    let mut rig = Rig::start(None, Limits::default());
    rig.provision(None, Limits::default());
    let fault = rig.wait_for_end().pop().unwrap();
    assert_eq!(field_text(&fault, "reason"), "provisioned twice");
}

#[test]
fn a_given_authority_must_hold_together() {
    let authority = Authority::new(SUBJECT, RsaOrEc::Ec);
    std::fs::copy(authority.path("client.key"), authority.path("server.key")).unwrap();
    let mut rig = Rig::unprovisioned();
    rig.provision(Some(&authority), Limits::default());
    let fault = rig.wait_for_end().pop().unwrap();
    assert_eq!(field_text(&fault, "reason"), "provision: Authority(Key)");
}
