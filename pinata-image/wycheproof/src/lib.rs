//! Wycheproof's vectors (<https://github.com/C2SP/wycheproof>) against the very functions that the guest's TLS calls: those in
//! the `CryptoProvider` of an [`pinata_tls::Engine`], with whichever library has the curves.
//!
//! A private key, a seed or a message that a vector fixes is what the generator draws next ([`guest`]), so that the whole
//! of an exchange is tested, not the library below it. Each module judges one kind of function, given as an argument, so that
//! broken ones can be judged too.
#![forbid(unsafe_code)]

pub mod ciphers;
pub mod derivation;
pub mod exchange;
pub mod guest;
pub mod post_quantum;
pub mod signatures;
mod tally;

pub use tally::{Outcome, Tally};
