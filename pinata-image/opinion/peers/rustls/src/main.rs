//! `rustls-peer FOLDER`: rustls as most programs have it (std, aws-lc-rs, buffered connections, webpki's client verifier), with
//! the guest's policy. Prints its port and its name; gives the document to whoever completes a handshake; ends with its standard input.
#![forbid(unsafe_code)]

use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, SignatureVerificationAlgorithm, alg_id};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{CipherSuite, NamedGroup, RootCertStore, ServerConfig, ServerConnection, SignatureScheme, version::TLS13};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::{env, fs, process, thread};

const GROUPS: [NamedGroup; 3] = [NamedGroup::X25519MLKEM768, NamedGroup::X25519, NamedGroup::secp256r1];
const SUITES: [CipherSuite; 2] = [CipherSuite::TLS13_AES_128_GCM_SHA256, CipherSuite::TLS13_CHACHA20_POLY1305_SHA256];

fn main() {
    let folder = env::args_os().nth(1).expect("usage: rustls-peer FOLDER");
    let config = Arc::new(config(folder.as_ref()));
    let document = fs::read(Path::new(&folder).join("document")).expect("the folder has a document");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    println!("{} rustls", listener.local_addr().expect("it is bound").port());
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(0);
    });
    for socket in listener.incoming() {
        // A peer that breaks its connection is no reason to stop.
        let _ = socket.and_then(|socket| serve(&config, socket, &document));
    }
}

fn config(folder: &Path) -> ServerConfig {
    let file = |name: &str| fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let ordinary = aws_lc_rs::default_provider();
    let group = |name| *aws_lc_rs::ALL_KX_GROUPS.iter().find(|group| group.name() == name).expect("it is there");
    let suite = |name| *ordinary.cipher_suites.iter().find(|suite| suite.suite() == name).expect("it is there");
    let provider = Arc::new(CryptoProvider {
        kx_groups: GROUPS.map(group).to_vec(),
        cipher_suites: SUITES.map(suite).to_vec(),
        signature_verification_algorithms: p256_alone(&ordinary.signature_verification_algorithms),
        ..ordinary.clone()
    });
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(file("ca.der"))).expect("the authority's certificate is one");
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .clear_root_hint_subjects()
        .build()
        .expect("there is a root");
    let key = PrivateKeyDer::try_from(file("server.key.der")).expect("a private key");
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])
        .and_then(|config| {
            let config = config.with_client_cert_verifier(verifier);
            config.with_single_cert(vec![CertificateDer::from(file("server.der"))], key)
        })
        .expect("certificate and key fit");
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config
}

/// As in the guest: everything under its authority is signed so.
fn p256_alone(ordinary: &WebPkiSupportedAlgorithms) -> WebPkiSupportedAlgorithms {
    let is_it = |algorithm: &&&dyn SignatureVerificationAlgorithm| {
        (algorithm.public_key_alg_id(), algorithm.signature_alg_id()) == (alg_id::ECDSA_P256, alg_id::ECDSA_SHA256)
    };
    let all: &[_] = vec![*ordinary.all.iter().find(is_it).expect("it is there")].leak();
    WebPkiSupportedAlgorithms { all, mapping: vec![(SignatureScheme::ECDSA_NISTP256_SHA256, all)].leak() }
}

fn serve(config: &Arc<ServerConfig>, mut socket: TcpStream, document: &[u8]) -> io::Result<()> {
    let mut tls = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
    let mut is_served = false;
    while tls.read_tls(&mut socket)? > 0 {
        let processed = tls.process_new_packets();
        if processed.is_ok() && !tls.is_handshaking() && !is_served {
            is_served = true;
            tls.writer().write_all(document)?;
            tls.send_close_notify();
        }
        while tls.wants_write() {
            tls.write_tls(&mut socket)?;
        }
        if processed.is_err() {
            break;
        }
    }
    linger(&mut socket)
}

/// Closes so that what was sent arrives: a socket with unread bytes would reset the connection.
fn linger(socket: &mut TcpStream) -> io::Result<()> {
    socket.shutdown(Shutdown::Write)?;
    while socket.read(&mut [0; 4096])? > 0 {}
    Ok(())
}
