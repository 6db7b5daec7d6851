//! Authorities whose keys a test holds, and what they issue.

use crate::Role;
use crate::certificate::{
    CLIENT_AUTH, DIGITAL_SIGNATURE, ECDSA_SHA256, Extension, KEY_CERT_SIGN, SERVER_AUTH, Template, authority,
    extended_key_usage, key_usage, public_key, subject_alt_name, time,
};
use crate::der;
use p256::ecdsa::SigningKey;
use sha2::{Digest, Sha256};

/// The name in a server's certificate.
const SERVER_NAME: &str = "pinata";
/// Nothing in here depends on the time of day: good from 2020 to 2049.
pub const NOT_BEFORE: &str = "200101000000Z";
pub const NOT_AFTER: &str = "491231235959Z";

/// A certificate chain, leaf first, and the leaf's key.
#[derive(Clone)]
pub struct Identity {
    pub chain: Vec<Vec<u8>>,
    pub key: SigningKey,
}

impl Identity {
    /// The key as 32 bytes, big-endian.
    pub fn scalar(&self) -> [u8; 32] {
        self.key.to_bytes().into()
    }
}

/// A certificate authority with one leaf for each role. The same seed gives the same bytes.
#[derive(Clone)]
pub struct Authority {
    pub key: SigningKey,
    /// Its own certificate, DER.
    pub certificate: Vec<u8>,
    /// Its name, DER.
    pub name: Vec<u8>,
    pub client: Identity,
    pub server: Identity,
}

impl Authority {
    pub fn new(seed: &[u8; 32], common_name: &str) -> Authority {
        let key = derived_key(seed, "authority");
        let name = der::common_name(common_name);
        let own = Template {
            extensions: vec![authority(), key_usage(KEY_CERT_SIGN)],
            ..template(&name, &name, &key, Vec::new())
        };
        let leaf = |role| {
            let leaf_key = derived_key(seed, if role == Role::Client { "client" } else { "server" });
            Identity { chain: vec![leaf_template(&name, role, &leaf_key).sign(&key)], key: leaf_key }
        };
        let (client, server) = (leaf(Role::Client), leaf(Role::Server));
        Authority { certificate: own.sign(&key), key, name, client, server }
    }

    /// The leaf of a role.
    pub fn leaf(&self, role: Role) -> &Identity {
        match role {
            Role::Client => &self.client,
            Role::Server => &self.server,
        }
    }

    /// An honest certificate for `key`, yet to be changed and signed.
    pub fn template(&self, role: Role, key: &SigningKey) -> Template {
        leaf_template(&self.name, role, key)
    }
}

/// A private key that follows from a seed and a word.
pub fn derived_key(seed: &[u8; 32], word: &str) -> SigningKey {
    let scalar: [u8; 32] = Sha256::new().chain_update(seed).chain_update(word).finalize().into();
    SigningKey::from_slice(&scalar)
        .expect("one in 2^32 hashes is no scalar, and the seeds of the tests are not that one")
}

fn template(issuer: &[u8], subject: &[u8], key: &SigningKey, extensions: Vec<Extension>) -> Template {
    let serial: [u8; 32] = Sha256::digest([issuer, subject, &public_key(key)].concat()).into();
    Template {
        version: Some(2),
        serial: [&[0x40], &serial[..15]].concat(),
        inner_algorithm: ECDSA_SHA256.to_vec(),
        issuer: issuer.to_vec(),
        not_before: time(NOT_BEFORE),
        not_after: time(NOT_AFTER),
        subject: subject.to_vec(),
        key: public_key(key),
        extensions,
        outer_algorithm: ECDSA_SHA256.to_vec(),
    }
}

fn leaf_template(issuer: &[u8], role: Role, key: &SigningKey) -> Template {
    let usage = key_usage(DIGITAL_SIGNATURE);
    let (subject, extensions) = match role {
        Role::Client => ("puppet client", vec![usage, extended_key_usage(&[CLIENT_AUTH])]),
        Role::Server => {
            (SERVER_NAME, vec![usage, extended_key_usage(&[SERVER_AUTH]), subject_alt_name(&[SERVER_NAME])])
        }
    };
    template(issuer, &der::common_name(subject), key, extensions)
}
