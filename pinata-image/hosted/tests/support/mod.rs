//! A guest on the host with a supervisor and a gateway made for tests, and authorities made by openssl.
#![allow(dead_code, unused_imports)] // Each test file uses a part.

mod authority;
mod channel;
mod client;
mod rig;

pub use authority::{Authority, Folder, LeafKind, RsaOrEc, openssl};
pub use channel::{Told, field_bool, field_bytes, field_text, field_uint};
pub use client::{Outcome, TlsServer, s_client};
pub use rig::{Attempt, Limits, Rig, copy_both_ways};

/// What the guest releases in these tests.
pub const DOCUMENT: &str = "pinata release 1\ntarget: practice\nwif: a worthless one\n";
/// The vault key of these tests.
pub const VAULT_KEY: [u8; 32] = [0x11; 32];
pub const HEAP_KEY: [u8; 32] = [0x22; 32];
