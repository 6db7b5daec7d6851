//! A writer for the three certificates of an authority: X.509 v3 (RFC 5280), P-256 keys, ECDSA with SHA-256.

mod certificate;
mod der;
mod time;

pub(crate) use certificate::{Profile, Request, certificate, subject_public_key_info};
pub(crate) use time::UnixSeconds;
