//! The guest without its hypervisor: the same service over the host's sockets, for tests with real clients. It protects
//! nothing and is no way to run a target.
#![forbid(unsafe_code)]

mod connection;
mod machine;

pub use machine::Machine;

// The curve tables' critical section, which the kernel provides in the image.
use critical_section as _;
