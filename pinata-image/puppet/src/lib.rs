//! A TLS 1.3 peer for tests, in both roles, that can send any handshake message altered and still protect it correctly.
//!
//! ```text
//!  Authority ──▶ Script (honest, then changed) ──▶ Puppet ──bytes──▶ the endpoint under test ──▶ Outcome
//! ```
//! It shares no code with the guest: key schedule, records and messages are its own, on RustCrypto's primitives. It trusts
//! whatever it hears. [`Script::honest`] is a valid handshake; its public fields say what hellos, certificates, signature and
//! Finished contain, and [`Edit`]s alter what is sent: order, bytes, records. [`View`] chooses whether signature and Finished
//! are over what the receiver sees or over what would have been sent without the edits. X25519 and the two suites with
//! SHA-256 are all that it speaks.
//!
//! A [`Puppet`] does no I/O: call `received` with what arrives and send what `take_outgoing` gives. [`Puppet::run`] does
//! that over any `Read + Write`, [`Puppet::run_tcp`] over a socket. [`corpus`] has named alterations by the hundred:
//!
//! ```no_run
//! # use pinata_puppet::{Authority, Puppet, Role, corpus};
//! let authority = Authority::new(&[7; 32], "test authority"); // its certificate is what the server trusts
//! for mutant in corpus::named(Role::Client, &authority) {
//!     let stream = std::net::TcpStream::connect("127.0.0.1:4433").unwrap();
//!     let outcome = Puppet::new(mutant.role, mutant.script).run_tcp(&stream).unwrap();
//!     println!("{}: alert {:?}, {} bytes of data", mutant.name, outcome.alert, outcome.data.len());
//! }
//! ```
#![forbid(unsafe_code)]

pub mod authority;
pub mod certificate;
pub mod corpus;
pub mod der;
mod drive;
mod edit;
pub mod hello;
mod message;
mod proof;
mod puppet;
pub mod record;
pub mod schedule;
mod script;
pub mod wire;

pub use authority::{Authority, Identity};
pub use edit::{Change, Edit, Extra, Wrapping};
pub use message::Message;
pub use proof::{Digested, FinishedBy, Over, Signing, signature_prefix};
pub use puppet::{Outcome, Puppet};
pub use script::{Script, View};

/// Which side of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Client,
    Server,
}

// p256's tables are guarded by a critical section that the binary provides.
use critical_section as _;
use primeorder as _;
