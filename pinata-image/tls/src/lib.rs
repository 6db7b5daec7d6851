//! Mutual TLS 1.3 in both roles over rustls' unbuffered interface: bytes in, bytes out, no sockets, no clock of its own.
//!
//! ```text
//!   Authority ──▶ Engine ──server()/client()──▶ Session ◀── bytes ──▶ transport
//!                   │                              │
//!               provider, verifiers ──▶ Slot ──────┘   what the library's callbacks saw, and the gate
//! ```
//! rustls does not tell its callbacks which connection they serve. A [`Session`] therefore puts its gate and its notes into
//! the engine's slot while the library runs, and takes them back afterwards: one thread, one connection at a time.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod authority;
mod buffer;
mod engine;
mod pki;
mod provider;
mod resolver;
mod secrets;
mod session;
mod slot;
#[cfg(feature = "trace")]
pub mod trace;
mod turn;
mod verifier;
mod wire;

pub use authority::{Authority, AuthorityError, Certificates};
pub use engine::{Engine, EngineError};
pub use session::{Phase, Session};

/// Whether X25519MLKEM768 is offered, which the second implementation of the curves lacks.
pub const POST_QUANTUM: bool = cfg!(not(feature = "rustcrypto"));

/// The name in the server's certificate.
pub const SERVER_NAME: &str = "pinata";
