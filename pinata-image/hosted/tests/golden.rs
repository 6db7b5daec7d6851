//! The honest paths, with openssl on the other side.
mod support;

use k256::schnorr::{Signature, VerifyingKey};
use pinata_service::{CLIENT_PORT, SERVER_PORT};
use sha2::{Digest, Sha256};
use std::net::TcpStream;
use std::thread;
use support::*;

fn practice() -> Authority {
    Authority::new("/CN=pinata practice authority", RsaOrEc::Ec)
}

fn kinds(events: &[Told]) -> Vec<String> {
    events.iter().map(Told::kind).collect()
}

fn one<'a>(events: &'a [Told], kind: &str) -> &'a Told {
    let mut found = events.iter().filter(|event| event.kind() == kind);
    let event = found.next().unwrap_or_else(|| panic!("no {kind}: {events:#?}"));
    assert!(found.next().is_none(), "{kind} twice");
    event
}

#[test]
fn a_client_with_the_given_certificate_gets_the_document() {
    let authority = practice();
    let mut rig = Rig::start(Some(&authority), Limits::default());
    let ca = authority.path("ca.pem");
    for suite in ["TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"] {
        for (group, number) in [("X25519", 29), ("P-256", 23)] {
            let attempt = rig.attempt(SERVER_PORT);
            let options =
                ["-CAfile", ca.to_str().unwrap(), "-verify_return_error", "-ciphersuites", suite, "-groups", group];
            let outcome = s_client(attempt.listen(), Some((&authority, "client")), &options);
            assert_eq!(outcome.stdout, DOCUMENT, "{outcome:?}");
            let events = rig.events(&attempt);
            assert_eq!(
                kinds(&events)[..10],
                [
                    "accepted",
                    "client_hello",
                    "session_tag",
                    "server_flight",
                    "certificate",
                    "chain_ok",
                    "possession_ok",
                    "finished",
                    "released",
                    "alert_sent",
                ]
            );
            assert_eq!(field_uint(one(&events, "finished"), "group"), number);
            assert_eq!(
                field_uint(one(&events, "finished"), "suite"),
                if suite.contains("AES") { 0x1301 } else { 0x1303 }
            );
            assert_eq!(field_uint(one(&events, "released"), "bytes"), DOCUMENT.len() as u64);
            assert!(!field_bool(one(&events, "released"), "self"));
            assert_eq!(field_uint(one(&events, "alert_sent"), "code"), 0);
            assert_eq!(field_text(one(&events, "closed"), "by"), "guest");
            let secrets = one(&events, "handshake_secrets");
            let tag = Sha256::digest(field_bytes(secrets, "client")).to_vec();
            assert_eq!(field_bytes(one(&events, "session_tag"), "tag"), tag);
            assert_ne!(field_bytes(secrets, "server"), [0; 32]);
            // openssl completes the chain from -CAfile.
            let chain = [authority.der("client"), authority.der("ca")];
            let certificate = one(&events, "certificate");
            assert_eq!(certificate.list("chain"), chain.clone().map(ciborium::Value::Bytes));
            assert_eq!(field_bytes(certificate, "sha256"), Sha256::digest(chain.concat()).to_vec());
        }
    }
}

#[test]
fn a_group_that_we_lack_first_leads_to_a_retry() {
    let authority = practice();
    let mut rig = Rig::start(Some(&authority), Limits::default());
    let attempt = rig.attempt(SERVER_PORT);
    let outcome = s_client(attempt.listen(), Some((&authority, "client")), &["-groups", "P-384:X25519"]);
    assert_eq!(outcome.stdout, DOCUMENT, "{outcome:?}");
    let events = rig.events(&attempt);
    assert_eq!(kinds(&events)[..5], ["accepted", "client_hello", "hello_retry", "session_tag", "server_flight"]);
    one(&events, "client_hello");
}

#[test]
fn as_a_client_the_guest_gives_the_document_to_a_server_under_its_authority() {
    let authority = practice();
    let mut rig = Rig::start(Some(&authority), Limits::default());
    let server = TlsServer::start(&authority, "server", &[]);
    let attempt = rig.attempt(CLIENT_PORT);
    let (guest, attacker) = (attempt.connect(), TcpStream::connect(server.address).unwrap());
    let relay = thread::spawn(|| copy_both_ways(guest, attacker));
    let events = rig.events(&attempt);
    assert_eq!(
        kinds(&events)[..9],
        [
            "accepted",
            "client_hello",
            "server_flight",
            "session_tag",
            "certificate",
            "chain_ok",
            "possession_ok",
            "finished",
            "released",
        ]
    );
    assert!(!field_bool(one(&events, "released"), "self"));
    let outcome = server.finish();
    relay.join().unwrap();
    assert!(outcome.stdout.contains(DOCUMENT), "{outcome:?}");
}

#[test]
fn as_a_client_the_guest_survives_a_retry() {
    let authority = practice();
    let mut rig = Rig::start(Some(&authority), Limits::default());
    let server = TlsServer::start(&authority, "server", &["-groups", "P-256"]);
    let attempt = rig.attempt(CLIENT_PORT);
    let (guest, attacker) = (attempt.connect(), TcpStream::connect(server.address).unwrap());
    let relay = thread::spawn(|| copy_both_ways(guest, attacker));
    let events = rig.events(&attempt);
    assert_eq!(kinds(&events)[..4], ["accepted", "client_hello", "hello_retry", "server_flight"]);
    assert_eq!(field_uint(one(&events, "finished"), "group"), 23);
    assert!(server.finish().stdout.contains(DOCUMENT));
    relay.join().unwrap();
}

#[test]
fn a_proof_is_bound_to_boot_image_and_authority() {
    let mut rig = Rig::start(None, Limits::default());
    let ready = rig.wait_for(|told| told.name == "ready");
    let proof = rig.prove([0x5a; 32]);
    let tag = Sha256::digest("pinata/proof/v1");
    let message = Sha256::new()
        .chain_update(tag)
        .chain_update(tag)
        .chain_update([0x5a; 32])
        .chain_update("practice")
        .chain_update([0xb0; 16])
        .chain_update([0x1a; 32])
        .chain_update(Sha256::digest(field_bytes(&ready, "ca")))
        .finalize();
    assert_eq!(field_bytes(&proof, "message"), message.to_vec());
    let key = VerifyingKey::from_slice(&field_bytes(&proof, "key")).unwrap();
    let signature = Signature::try_from(&field_bytes(&proof, "signature")[..]).unwrap();
    key.verify_raw(&message, &signature).unwrap();
    let vault = k256::schnorr::SigningKey::from_slice(&VAULT_KEY).unwrap();
    assert_eq!(field_bytes(&proof, "key"), vault.verifying_key().to_bytes().to_vec());
}

#[test]
fn certificates_born_in_the_guest_are_what_openssl_expects() {
    let rig = Rig::start(None, Limits::default());
    let ready = rig.wait_for(|told| told.name == "ready");
    assert_eq!(field_text(&ready, "authority"), "born");
    let folder = Folder::new();
    for name in ["ca", "server", "client"] {
        let der = folder.path(&format!("{name}.der"));
        std::fs::write(&der, field_bytes(&ready, name)).unwrap();
        openssl(&["x509", "-inform", "DER"], &[("-in", &der), ("-out", &folder.path(&format!("{name}.pem")))]);
    }
    let ca = folder.path("ca.pem");
    let verifies = |name: &str, options: &[&str]| {
        let mut command = std::process::Command::new("openssl");
        command.args(["verify", "-x509_strict"]).args(options).arg("-CAfile").arg(&ca);
        command.arg(folder.path(&format!("{name}.pem"))).output().unwrap().status.success()
    };
    assert!(verifies("server", &["-purpose", "sslserver", "-verify_hostname", "pinata"]));
    assert!(verifies("client", &["-purpose", "sslclient"]));
    assert!(!verifies("server", &["-purpose", "sslclient"]));
    assert!(!verifies("client", &["-purpose", "sslserver"]));
    assert!(!verifies("server", &["-verify_hostname", "other"]));
    for (name, days) in [("ca", 396), ("server", 396), ("client", 396)] {
        let stays = |days: u64| {
            let seconds = (days * 86_400).to_string();
            let mut command = std::process::Command::new("openssl");
            command.args(["x509", "-noout", "-checkend", &seconds, "-in"]).arg(folder.path(&format!("{name}.pem")));
            command.output().unwrap().status.success()
        };
        assert!(stays(days) && !stays(days + 1), "{name}");
    }
    let text = String::from_utf8(openssl(&["x509", "-noout", "-text"], &[("-in", &ca)])).unwrap();
    assert!(text.contains("CA:TRUE, pathlen:0") && text.contains("Certificate Sign"), "{text}");
}

#[test]
fn stop_stops() {
    let mut rig = Rig::start(None, Limits::default());
    rig.stop();
    let names: Vec<String> = rig.wait_for_end().into_iter().map(|told| told.name).collect();
    assert_eq!(names, ["hello", "ready"]);
}
