//! Servers that are programs of their own.

use crate::{Case, DOCUMENT, Seen};
use pinata_puppet::certificate::ON_P256;
use pinata_puppet::{Authority, der};
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Servers answer at once or wait for more. One that does neither in this time hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a server needs, in a folder that is removed when dropped.
pub struct Files(PathBuf);

impl Files {
    pub fn new(authority: &Authority) -> Files {
        let folder = std::env::temp_dir().join(format!("pinata-opinion-{}", std::process::id()));
        fs::create_dir(&folder).expect("a folder of this name is not there");
        let files = Files(folder);
        let server = &authority.server;
        for (name, content) in [
            ("ca.der", &authority.certificate[..]),
            ("server.der", &server.chain[0]),
            ("server.key.der", &private_key(&server.scalar())),
            ("document", DOCUMENT),
        ] {
            fs::write(files.0.join(name), content).expect("the folder can be written");
        }
        files
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// PKCS #8 (RFC 5208, section 5) around RFC 5915.
fn private_key(scalar: &[u8; 32]) -> Vec<u8> {
    let number = |n| der::value(der::INTEGER, &[n]);
    let key = der::sequence(&[&number(1), &der::value(der::OCTET_STRING, scalar)]);
    der::sequence(&[&number(0), ON_P256, &der::value(der::OCTET_STRING, &key)])
}

/// A running server. It ends with its standard input, which closes when this is dropped.
pub struct Program {
    name: String,
    child: Child,
    port: u16,
}

impl Program {
    /// Starts a program that takes a folder, prints its port and its name, and serves one connection after the other.
    pub fn start(command: &mut Command, files: &Files) -> Program {
        let command = command.arg(&files.0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it can be read");
        let (port, name) =
            line.trim().split_once(' ').unwrap_or_else(|| panic!("{command:?} ended before it listened"));
        Program { name: name.into(), child, port: port.parse().expect("a port is a number") }
    }

    /// With its version.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn see(&self, case: &Case) -> Seen {
        let mut actor = case.actor();
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        socket.set_nodelay(true).expect("a socket");
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let (mut bytes, mut is_closed) = (vec![0; 1 << 16], false);
        loop {
            // A server that no longer listens may still have said why.
            let _ = socket.write_all(&actor.take_outgoing());
            if actor.has_said_all() && !is_closed {
                is_closed = true;
                let _ = socket.shutdown(Shutdown::Write);
            }
            match socket.read(&mut bytes) {
                Ok(0) => return actor.seen(),
                Ok(n) => actor.received(&bytes[..n]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    panic!("{}: neither answers nor closes: {}", self.name, case.name)
                }
                Err(_) => return actor.seen(),
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
