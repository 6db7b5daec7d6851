//! The frames between a guest and its supervisor, as `channel.cddl` defines them.
//!
//! ```text
//!  supervisor ──bytes──▶ Inbox ──▶ Command          (provision, prove, stop: may carry secrets)
//!  supervisor ◀──bytes── Outbox ◀── Report          (hello, ready, event, proof, lost, fault: no place for a secret)
//! ```
//! The guest has a decoder for one direction and an encoder for the other, and never the reverse.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod command;
mod event;
mod inbox;
mod outbox;
mod report;
mod strict;

pub use command::{Command, GivenAuthority, KeyRole, Limits, Provision, SecretKey};
pub use event::{Detail, Event};
pub use inbox::Inbox;
pub use outbox::{ORDINARY_BYTES, Outbox, RESERVED_BYTES};
pub use report::{Report, fault_frame};
pub use strict::Malformed;

/// Longest CBOR in one frame.
pub const FRAME_BYTES_MAX: usize = 65_536;
/// Length of the big-endian length before each frame.
pub const HEADER_BYTES: usize = 4;
/// The version of this protocol, as `hello` says it.
pub const VERSION: u64 = 1;
