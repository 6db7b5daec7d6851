//! What is refused, and how: the client sees the alert, the supervisor hears why, and nothing is released.
mod support;

use pinata_service::{CLIENT_PORT, SERVER_PORT};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use support::*;

const SUBJECT: &str = "/CN=pinata practice authority";

struct Refusal {
    seen: Option<u64>,
    events: Vec<Told>,
}

impl Refusal {
    fn has(&self, kind: &str) -> bool {
        self.events.iter().any(|event| event.kind() == kind)
    }

    fn get(&self, kind: &str) -> &Told {
        self.events.iter().find(|event| event.kind() == kind).unwrap_or_else(|| panic!("no {kind}: {:#?}", self.events))
    }

    /// The client saw exactly the alert that the guest says it sent.
    fn is(&self, alert: u64) -> bool {
        assert!(!self.has("released"), "{:#?}", self.events);
        assert_eq!(self.events.iter().filter(|event| event.kind() == "alert_sent").count(), 1);
        self.seen == Some(alert) && field_uint(self.get("alert_sent"), "code") == alert
    }
}

fn refused(rig: &mut Rig, certificate: Option<(&Authority, &str)>, options: &[&str]) -> Refusal {
    let attempt = rig.attempt(SERVER_PORT);
    let outcome = s_client(attempt.listen(), certificate, options);
    assert_eq!(outcome.stdout, "");
    Refusal { seen: outcome.alert(), events: rig.events(&attempt) }
}

#[test]
fn clients_that_have_not_earned_it() {
    let ours = Authority::new(SUBJECT, RsaOrEc::Ec);
    ours.leaf("unmarked", LeafKind::Unmarked, RsaOrEc::Ec);
    ours.leaf("expired", LeafKind::ExpiredClient, RsaOrEc::Ec);
    ours.leaf("rsa", LeafKind::Client, RsaOrEc::Rsa);
    let mut rig = Rig::start(Some(&ours), Limits::default());

    let nothing = refused(&mut rig, None, &[]);
    assert!(nothing.is(116), "{:?}", nothing.seen);
    assert!(nothing.has("server_flight") && !nothing.has("certificate"));

    for (subject, keys, alert, reason) in [
        ("/CN=foreign", RsaOrEc::Ec, 48, "UnknownIssuer"),
        ("/CN=foreign", RsaOrEc::Rsa, 48, "UnknownIssuer"),
        (SUBJECT, RsaOrEc::Ec, 51, "InvalidSignatureForPublicKey"),
        (SUBJECT, RsaOrEc::Rsa, 51, "UnsupportedSignatureAlgorithm"),
    ] {
        let foreign = Authority::new(subject, keys);
        let refusal = refused(&mut rig, Some((&foreign, "client")), &[]);
        assert!(refusal.is(alert), "{subject}: {:?} {:#?}", refusal.seen, refusal.events);
        assert!(field_text(refusal.get("chain_rejected"), "reason").starts_with(reason), "{:#?}", refusal.events);
    }

    for (name, alert, reason) in [
        ("server", 43, "RequiredEkuNotFound"),
        ("unmarked", 43, "RequiredEkuNotFound"),
        ("expired", 45, "CertExpired"),
        ("ca", 46, "CaUsedAsEndEntity"),
    ] {
        let refusal = refused(&mut rig, Some((&ours, name)), &[]);
        assert!(refusal.is(alert), "{name}: {:?} {:#?}", refusal.seen, refusal.events);
        assert!(field_text(refusal.get("chain_rejected"), "reason").starts_with(reason), "{:#?}", refusal.events);
        assert!(!refusal.has("chain_ok"));
    }

    // Signed by our own authority, but with a key of another kind: no verifier for it exists.
    let rsa = refused(&mut rig, Some((&ours, "rsa")), &[]);
    assert!(rsa.has("chain_ok") && rsa.has("possession_rejected") && !rsa.has("possession_ok"), "{:#?}", rsa.events);
    assert_eq!(field_uint(rsa.get("possession_rejected"), "scheme"), 0x0804);
    assert!(!rsa.has("released") && !rsa.has("finished"));

    let attempt = rig.attempt(SERVER_PORT);
    let outcome = s_client(attempt.listen(), Some((&ours, "client")), &[]);
    assert_eq!(outcome.stdout, DOCUMENT, "the guest still serves");
}

#[test]
fn hellos_that_cannot_be_served() {
    let mut rig = Rig::start(None, Limits::default());
    let old = refused(&mut rig, None, &["-tls1_2"]);
    assert!(old.is(70), "{:?}", old.seen);
    let suites = refused(&mut rig, None, &["-ciphersuites", "TLS_AES_256_GCM_SHA384"]);
    assert!(suites.is(40), "{:?}", suites.seen);
    let groups = refused(&mut rig, None, &["-tls1_3", "-groups", "P-521"]);
    assert!(groups.is(40), "{:?}", groups.seen);
}

/// Sends bytes and reads until the guest's FIN; a reset is an error.
fn exchange(rig: &mut Rig, sent: &[u8]) -> (Vec<u8>, Vec<Told>) {
    let attempt = rig.attempt(SERVER_PORT);
    let mut socket = attempt.connect();
    socket.write_all(sent).unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).expect("no reset before the alert");
    drop(socket);
    (answer, rig.events(&attempt))
}

#[test]
fn what_is_not_tls_is_told_so() {
    let mut rig = Rig::start(None, Limits::default());
    let garbage: Vec<u8> = (0..60_000u32).map(|n| (n * 7 % 251) as u8).collect();
    for sent in [&b"GET / HTTP/1.1\r\nHost: pinata\r\n\r\n"[..], b"SSH-2.0-OpenSSH_9.2\r\n", &garbage] {
        let (answer, events) = exchange(&mut rig, sent);
        assert_eq!(answer, [21, 3, 3, 0, 2, 2, 50], "a plaintext decode_error");
        let kinds: Vec<String> = events.iter().map(Told::kind).collect();
        assert_eq!(kinds, ["accepted", "alert_sent", "tls_error", "closed"]);
        assert_eq!(field_text(&events[3], "by"), "guest");
    }
}

/// rustls has no alert for this one, and the guest adds none.
#[test]
fn a_message_of_sixteen_megabytes_is_refused_in_silence() {
    let mut rig = Rig::start(None, Limits::default());
    let (answer, events) = exchange(&mut rig, &[22, 3, 1, 0, 5, 1, 0xff, 0xff, 0xff, 3]);
    assert!(answer.is_empty());
    let kinds: Vec<String> = events.iter().map(Told::kind).collect();
    assert_eq!(kinds, ["accepted", "tls_error", "closed"]);
    assert_eq!(field_text(&events[1], "what"), "InvalidMessage(HandshakePayloadTooLarge)");
}

#[test]
fn leaving_is_seen() {
    let mut rig = Rig::start(None, Limits::default());
    let attempt = rig.attempt(SERVER_PORT);
    let mut socket = attempt.connect();
    socket.write_all(&[22, 3, 1]).unwrap();
    socket.shutdown(Shutdown::Write).unwrap();
    assert_eq!(socket.read_to_end(&mut Vec::new()).unwrap(), 0);
    let events = rig.events(&attempt);
    assert_eq!(field_text(events.last().unwrap(), "by"), "peer");
}

#[test]
fn an_alert_of_the_peer_is_told() {
    let mut rig = Rig::start(None, Limits::default());
    let (_, events) = exchange(&mut rig, &[21, 3, 3, 0, 2, 2, 40]);
    let alert = events.iter().find(|event| event.kind() == "alert_received").unwrap();
    assert_eq!(field_uint(alert, "code"), 40);
    assert_eq!(field_text(events.last().unwrap(), "by"), "peer");
}

/// The guest as client, talking to `NAME` of an authority.
fn as_client(rig: &mut Rig, authority: &Authority, name: &str) -> Refusal {
    let server = TlsServer::start(authority, name, &[]);
    let attempt = rig.attempt(CLIENT_PORT);
    let (guest, attacker) = (attempt.connect(), TcpStream::connect(server.address).unwrap());
    let relay = thread::spawn(|| copy_both_ways(guest, attacker));
    let events = rig.events(&attempt);
    let outcome = server.finish();
    relay.join().unwrap();
    assert!(!outcome.stdout.contains(DOCUMENT));
    Refusal { seen: outcome.alert(), events }
}

#[test]
fn servers_that_have_not_earned_it() {
    let ours = Authority::new(SUBJECT, RsaOrEc::Ec);
    ours.leaf("unmarked", LeafKind::Unmarked, RsaOrEc::Ec);
    ours.leaf("strange", LeafKind::StrangeServer, RsaOrEc::Ec);
    let foreign = Authority::new("/CN=foreign", RsaOrEc::Ec);
    let rsa = Authority::new("/CN=foreign", RsaOrEc::Rsa);
    let mut rig = Rig::start(Some(&ours), Limits::default());
    for (authority, name, alert) in [
        (&ours, "client", 43),
        (&ours, "unmarked", 43),
        (&ours, "strange", 42),
        (&foreign, "server", 48),
        (&rsa, "server", 48),
    ] {
        let refusal = as_client(&mut rig, authority, name);
        assert!(refusal.is(alert), "{name}: {:?} {:#?}", refusal.seen, refusal.events);
        assert!(refusal.has("chain_rejected") && refusal.has("server_flight"));
    }
}
