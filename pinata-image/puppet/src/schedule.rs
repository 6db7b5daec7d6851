//! TLS 1.3's key schedule (RFC 8446, section 7.1) for suites with SHA-256 and without a pre-shared key.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Any secret of the schedule, and any hash of a transcript.
pub type Secret = [u8; 32];

/// HKDF-Expand-Label, filling `out`.
pub fn expand_label(secret: &Secret, label: &str, context: &[u8], out: &mut [u8]) {
    let label = [b"tls13 ", label.as_bytes()].concat();
    let info =
        [&(out.len() as u16).to_be_bytes()[..], &crate::wire::vec8(&label), &crate::wire::vec8(context)].concat();
    let secret = Hkdf::<Sha256>::from_prk(secret).expect("a secret is as long as the hash");
    secret.expand(&info, out).expect("nothing here is longer than 255 hashes");
}

fn derive(secret: &Secret, label: &str, transcript: &Secret) -> Secret {
    let mut out = [0; 32];
    expand_label(secret, label, transcript, &mut out);
    out
}

fn extract(salt: &Secret, input: &[u8]) -> Secret {
    Hkdf::<Sha256>::extract(Some(salt), input).0.into()
}

fn empty_hash() -> Secret {
    Sha256::digest([]).into()
}

/// The two traffic secrets of one epoch.
#[derive(Clone)]
pub struct Traffic {
    pub client: Secret,
    pub server: Secret,
}

/// What follows from the key exchange.
#[derive(Clone)]
pub struct Handshake {
    pub traffic: Traffic,
    master: Secret,
}

impl Handshake {
    /// `hellos`: hash of ClientHello and ServerHello.
    pub fn new(shared: &[u8], hellos: &Secret) -> Handshake {
        let early = extract(&[0; 32], &[0; 32]);
        let secret = extract(&derive(&early, "derived", &empty_hash()), shared);
        let master = extract(&derive(&secret, "derived", &empty_hash()), &[0; 32]);
        let traffic = Traffic {
            client: derive(&secret, "c hs traffic", hellos),
            server: derive(&secret, "s hs traffic", hellos),
        };
        Handshake { traffic, master }
    }

    /// `transcript`: hash up to the server's Finished.
    pub fn application(&self, transcript: &Secret) -> Traffic {
        Traffic {
            client: derive(&self.master, "c ap traffic", transcript),
            server: derive(&self.master, "s ap traffic", transcript),
        }
    }
}

/// `verify_data` of a Finished (RFC 8446, section 4.4.4) under the sender's handshake traffic secret.
pub fn finished(traffic: &Secret, transcript: &Secret) -> Secret {
    let mut key = [0; 32];
    expand_label(traffic, "finished", &[], &mut key);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
    mac.update(transcript);
    mac.finalize().into_bytes().into()
}
