//! What the targets are made of: inputs, peers, devices, and second opinions.

pub mod alterations;
pub mod boot;
pub mod cbor;
pub mod deaths;
pub mod device;
pub mod guarded;
pub mod input;
pub mod memory;
pub mod watched;
pub mod world;
pub mod x509;
