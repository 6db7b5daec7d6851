//! TCP for the guest: a smoltcp interface and a fixed set of places for connections.
//!
//! ```text
//! Link (frames) ── LinkDevice ── smoltcp Interface ── Pool of Places ── Application (bytes)
//! ```
//!
//! smoltcp has no backlog: one socket waits for one connection. So each port has as many places as connections it may
//! hold, plus some that only wait, and a place that ends listens again at once.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod announce;
mod application;
mod link;
mod place;
mod pool;

#[cfg(test)]
mod pool_tests;
#[cfg(test)]
mod wire_for_tests;

pub use application::{Application, Micros, Wish};
pub use link::Link;
pub use pool::{Listener, Pool};
