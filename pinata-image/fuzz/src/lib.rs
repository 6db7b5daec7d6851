//! Coverage-guided fuzzing of the guest, on the host.
//!
//! ```text
//!  libFuzzer ──bytes──▶ src/bin/NAME.rs ──▶ NAME::run(bytes) ──▶ the crate as it ships
//!                                                └── oracles: what may never happen, whatever the bytes
//! ```
//! Each target is a function of bytes that returns when all is well and panics when an oracle is violated. The binaries with
//! libFuzzer around them need the feature `engine`; `run.sh` builds and runs them.

pub mod attempts;
pub mod certificates;
pub mod commands;
pub mod control;
pub mod handshake;
pub mod preface;
pub mod records;
pub mod reports;
pub mod rings;
pub mod support;
pub mod writer;

// p256's tables are guarded by a critical section that the binary provides.
use critical_section as _;
