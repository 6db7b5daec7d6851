//! Altered handshakes against a guest over TCP, for the tests that boot one.
//!
//! `pinata-puppet authority FOLDER` reads an order and writes the authority that its seed makes: `ca.der`, `server.der`,
//! `client.der`, `server.key` and `client.key` (32 bytes each).
//!
//! `pinata-puppet attack` reads an order, plays the corpus to the guest with honest handshakes in between, and prints one line
//! per connection: attempt id, role, how far the guest may come, bytes of data that it gave, name; with tabs between.
#![forbid(unsafe_code)]

mod attack;
mod attempt;
mod dial;
mod order;

use order::Order;
use pinata_puppet::Authority;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    match run(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pinata-puppet: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let order = Order::read(&io::read_to_string(io::stdin())?)?;
    let authority = Authority::new(&order.seed, "practice test authority");
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["authority", folder] => Ok(write(&authority, Path::new(folder))?),
        ["attack"] => Ok(attack::run(&order, &authority)?),
        _ => Err("usage: pinata-puppet authority FOLDER | pinata-puppet attack".into()),
    }
}

fn write(authority: &Authority, folder: &Path) -> io::Result<()> {
    fs::write(folder.join("ca.der"), &authority.certificate)?;
    for (name, leaf) in [("server", &authority.server), ("client", &authority.client)] {
        fs::write(folder.join(name).with_extension("der"), &leaf.chain[0])?;
        fs::write(folder.join(name).with_extension("key"), leaf.scalar())?;
    }
    Ok(())
}
