//! `pinata-hosted CHANNEL_SOCKET`: connects to a supervisor's unix socket, listens on two free ports of 127.0.0.1, prints
//! each as `PORT ADDRESS`, and serves until the supervisor stops it or hangs up.
#![forbid(unsafe_code)]

use pinata_hosted::Machine;
use std::io;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: pinata-hosted CHANNEL_SOCKET");
        return ExitCode::from(2);
    };
    match serve(&path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pinata-hosted: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(path: &std::ffi::OsStr) -> io::Result<()> {
    let machine = Machine::new(UnixStream::connect(path)?)?;
    for (port, address) in machine.addresses()? {
        println!("{port} {address}");
    }
    machine.run()
}
