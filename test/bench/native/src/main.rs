//! What a full mutual handshake costs the server: `pinata-native-bench FOLDER LIBRARY GROUP HANDSHAKES` runs that many in
//! memory, on one thread, and prints the thread's processor time in the server per handshake, in microseconds.
//!
//! FOLDER holds ca.pem, server.pem, server.key, client.pem, client.key, and both keys' scalars as server.scalar, client.scalar
//! (32 bytes each). The client is the same for all libraries, and is not counted; neither is the making of configurations.
#![forbid(unsafe_code)]

mod client;
mod credentials;
mod fault;
#[cfg(feature = "libssl")]
mod libssl;
mod ours;
mod rustls_server;
mod server;
mod unbuffered;

use client::Client;
use credentials::Credentials;
use fault::Fault;
use server::Server;
use std::process::ExitCode;
use std::time::Duration;

/// Fills caches, tables and branch predictors; not counted.
const WARM_UP: usize = 30;
/// A handshake takes three; more is a fault.
const FLIGHTS_MAX: usize = 8;

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Fault(what)) => {
            eprintln!("pinata-native-bench: {what}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, library, group, handshakes] = &arguments[..] else {
        return Err("usage: pinata-native-bench FOLDER LIBRARY GROUP HANDSHAKES".into());
    };
    let credentials = Credentials::read(folder.as_ref())?;
    let server = choose(library, &credentials)?;
    let client = Client::new(&credentials, group)?;
    let handshakes: usize = handshakes.parse()?;
    for _ in 0..WARM_UP {
        handshake(&*server, &client)?;
    }
    let mut spent = Duration::ZERO;
    for _ in 0..handshakes {
        spent += handshake(&*server, &client)?;
    }
    println!("{:.2}", spent.as_secs_f64() * 1e6 / handshakes as f64);
    Ok(())
}

fn choose(library: &str, credentials: &Credentials) -> Result<Box<dyn Server>, Fault> {
    Ok(match library {
        "ours" => Box::new(ours::Ours::new(credentials)?),
        "rustls+aws-lc-rs" => {
            Box::new(rustls_server::Rustls::new(credentials, rustls::crypto::aws_lc_rs::default_provider())?)
        }
        "rustls+ring" => Box::new(rustls_server::Rustls::new(credentials, rustls::crypto::ring::default_provider())?),
        #[cfg(feature = "libssl")]
        "libssl" => Box::new(libssl::Libssl::new(credentials)?),
        _ => return Err(format!("there is no {library} here").into()),
    })
}

/// One handshake; the processor time that the server took for it, from its connection's birth to its end.
fn handshake(server: &dyn Server, client: &Client) -> Result<Duration, Fault> {
    let mut spent = Duration::ZERO;
    let mut theirs = client.connect()?;
    let mut ours = timed(&mut spent, || server.accept())?;
    let mut flight = theirs.take_turn(&[])?;
    for _ in 0..FLIGHTS_MAX {
        let (answer, done) = timed(&mut spent, || ours.take_turn(&flight))?;
        if done {
            timed(&mut spent, || drop(ours));
            return Ok(spent);
        }
        flight = theirs.take_turn(&answer)?;
    }
    Err("the handshake did not complete".into())
}

/// Adds the thread's processor time in `work` to `spent`.
fn timed<T>(spent: &mut Duration, work: impl FnOnce() -> T) -> T {
    let before = thread_time();
    let done = work();
    *spent += thread_time() - before;
    done
}

fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
