//! openssl's client and server as the attacker.

use super::Authority;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

/// What the attacker saw.
#[derive(Debug)]
pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// The number of the alert that openssl reports to have received.
    pub fn alert(&self) -> Option<u64> {
        self.stderr.split("SSL alert number ").nth(1)?.split_whitespace().next()?.parse().ok()
    }
}

/// openssl, ended after a while: a test that goes wrong fails instead of hanging.
fn bounded_openssl() -> Command {
    let mut command = Command::new("timeout");
    command.args(["30", "openssl"]);
    command
}

/// Runs `openssl s_client` until the guest closes. `certificate`: whose `NAME.pem` and `NAME.key` to present.
pub fn s_client(address: SocketAddr, certificate: Option<(&Authority, &str)>, options: &[&str]) -> Outcome {
    let mut command = bounded_openssl();
    command.args(["s_client", "-quiet", "-servername", "pinata", "-connect", &address.to_string()]).args(options);
    if let Some((authority, name)) = certificate {
        command.arg("-cert").arg(authority.path(&format!("{name}.pem")));
        command.arg("-key").arg(authority.path(&format!("{name}.key")));
    }
    let output = command.stdin(Stdio::null()).output().expect("openssl is installed");
    Outcome {
        stdout: String::from_utf8_lossy(&output.stdout).into(),
        stderr: String::from_utf8_lossy(&output.stderr).into(),
    }
}

/// A running `openssl s_server` that serves one connection.
pub struct TlsServer {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub address: SocketAddr,
}

impl TlsServer {
    /// Presents `NAME.pem`; asks for a client certificate under the same authority.
    pub fn start(authority: &Authority, name: &str, options: &[&str]) -> TlsServer {
        let mut child = bounded_openssl()
            .args(["s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-Verify", "1", "-verify_return_error"])
            .arg("-CAfile")
            .arg(authority.path("ca.pem"))
            .arg("-cert")
            .arg(authority.path(&format!("{name}.pem")))
            .arg("-key")
            .arg(authority.path(&format!("{name}.key")))
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("openssl is installed");
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "s_server ended");
            if let Some(address) = line.strip_prefix("ACCEPT ") {
                break address.trim().parse().unwrap();
            }
        };
        TlsServer { child, stdout, address }
    }

    /// Waits for its end.
    pub fn finish(mut self) -> Outcome {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        self.child.wait().unwrap();
        Outcome { stdout, stderr }
    }
}
