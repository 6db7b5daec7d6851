//! Records (RFC 8446, section 5), in plaintext and protected.

use crate::schedule::{Secret, expand_label};
use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce};
use chacha20poly1305::ChaCha20Poly1305;

pub const CHANGE_CIPHER_SPEC: u8 = 20;
pub const ALERT: u8 = 21;
pub const HANDSHAKE: u8 = 22;
pub const APPLICATION_DATA: u8 = 23;
pub(crate) const HEADER_BYTES: usize = 5;
const LEGACY_VERSION: u16 = 0x0303;

/// The cipher suites that a puppet can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    Aes128Gcm,
    ChaCha20Poly1305,
}

impl Suite {
    pub const fn code(self) -> u16 {
        match self {
            Suite::Aes128Gcm => 0x1301,
            Suite::ChaCha20Poly1305 => 0x1303,
        }
    }

    pub(crate) fn from_code(code: u16) -> Option<Suite> {
        [Suite::Aes128Gcm, Suite::ChaCha20Poly1305].into_iter().find(|suite| suite.code() == code)
    }

    const fn key_bytes(self) -> usize {
        match self {
            Suite::Aes128Gcm => 16,
            Suite::ChaCha20Poly1305 => 32,
        }
    }
}

/// A record's header, with whatever length `body` has.
pub fn header(kind: u8, version: u16, length: usize) -> [u8; HEADER_BYTES] {
    let ([v0, v1], [l0, l1]) = (version.to_be_bytes(), (length as u16).to_be_bytes());
    [kind, v0, v1, l0, l1]
}

/// A record in plaintext.
pub fn plain(kind: u8, body: &[u8]) -> Vec<u8> {
    [&header(kind, LEGACY_VERSION, body.len()), body].concat()
}

/// One direction of one epoch.
#[derive(Clone)]
pub struct Keys {
    suite: Suite,
    key: Vec<u8>,
    iv: [u8; 12],
    /// Of the next record.
    pub sequence: u64,
}

impl Keys {
    pub fn new(suite: Suite, traffic: &Secret) -> Keys {
        let mut keys = Keys { suite, key: vec![0; suite.key_bytes()], iv: [0; 12], sequence: 0 };
        expand_label(traffic, "key", &[], &mut keys.key);
        expand_label(traffic, "iv", &[], &mut keys.iv);
        keys
    }

    /// A protected record: content, its type, and `padding` zeros.
    pub fn seal(&mut self, kind: u8, content: &[u8], padding: usize) -> Vec<u8> {
        let mut body = [content, &[kind], &vec![0; padding][..]].concat();
        let header = header(APPLICATION_DATA, LEGACY_VERSION, body.len() + 16);
        match self.suite {
            Suite::Aes128Gcm => self.encrypt::<Aes128Gcm>(&header, &mut body),
            Suite::ChaCha20Poly1305 => self.encrypt::<ChaCha20Poly1305>(&header, &mut body),
        }
        [&header[..], &body].concat()
    }

    /// Type and content of a protected record; `None` if it is not under these keys.
    pub fn open(&mut self, record: &[u8]) -> Option<(u8, Vec<u8>)> {
        let (header, body) = record.split_at_checked(HEADER_BYTES)?;
        let mut body = body.to_vec();
        match self.suite {
            Suite::Aes128Gcm => self.decrypt::<Aes128Gcm>(header, &mut body)?,
            Suite::ChaCha20Poly1305 => self.decrypt::<ChaCha20Poly1305>(header, &mut body)?,
        }
        let end = body.iter().rposition(|byte| *byte != 0)?;
        let kind = body[end];
        body.truncate(end);
        Some((kind, body))
    }

    fn encrypt<A: AeadInOut + KeyInit>(&mut self, header: &[u8], body: &mut Vec<u8>) {
        let (cipher, nonce) = self.next::<A>();
        cipher.encrypt_in_place(&nonce, header, body).expect("a record is not too long for its cipher");
    }

    fn decrypt<A: AeadInOut + KeyInit>(&mut self, header: &[u8], body: &mut Vec<u8>) -> Option<()> {
        let (cipher, nonce) = self.next::<A>();
        cipher.decrypt_in_place(&nonce, header, body).ok()
    }

    fn next<A: AeadInOut + KeyInit>(&mut self) -> (A, Nonce<A>) {
        let mut nonce = self.iv;
        nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()).for_each(|(byte, number)| *byte ^= number);
        self.sequence += 1;
        let cipher = A::new_from_slice(&self.key).expect("a key is as long as its suite says");
        (cipher, Nonce::<A>::try_from(&nonce[..]).expect("both ciphers take nonces of 12 bytes"))
    }
}
