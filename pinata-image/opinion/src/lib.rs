//! A second opinion: each of many odd handshakes is played to the guest's TLS and to three ordinary servers with the same
//! policy, and what they made of it is compared. [`EXPLANATIONS`] say why where they differ; `docs/second-opinion.md` shows it.
//!
//! ```text
//!            ┌──▶ Ours, in memory ───────────────────▶ Seen ──┐  alerts must be equal
//!  Case ─────┼──▶ rustls (peers/rustls, over TCP) ───▶ Seen ──┤
//!            ├──▶ OpenSSL (peers/openssl, over TCP) ─▶ Seen ──┤  accepting must be
//!            └──▶ Go (peers/go, over TCP) ───────────▶ Seen ──┘
//! ```
#![forbid(unsafe_code)]

mod actor;
pub mod corpus;
pub mod differences;
mod explanations;
mod ours;
mod program;
pub mod report;
mod seen;

pub use actor::{Actor, Case, Play};
pub use explanations::EXPLANATIONS;
pub use ours::Ours;
pub use program::{Files, Program};
pub use seen::{Seen, Verdict};

/// What a server gives to whoever completed the handshake.
pub const DOCUMENT: &[u8] = b"the document";
