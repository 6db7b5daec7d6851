//! The two hellos (RFC 8446, sections 4.1.2 and 4.1.3), field by field.

use crate::record::Suite;
use crate::wire::{Reader, message, vec8, vec16};

pub const CLIENT_HELLO: u8 = 1;
pub const SERVER_HELLO: u8 = 2;

/// Extension types (RFC 8446, section 4.2).
pub const SERVER_NAME: u16 = 0;
pub const SUPPORTED_GROUPS: u16 = 10;
pub const SIGNATURE_ALGORITHMS: u16 = 13;
pub const ALPN: u16 = 16;
pub const PRE_SHARED_KEY: u16 = 41;
pub const EARLY_DATA: u16 = 42;
pub const SUPPORTED_VERSIONS: u16 = 43;
pub const COOKIE: u16 = 44;
pub const PSK_KEY_EXCHANGE_MODES: u16 = 45;
pub const KEY_SHARE: u16 = 51;

pub const TLS12: u16 = 0x0303;
pub const TLS13: u16 = 0x0304;
pub const X25519: u16 = 29;
pub const ECDSA_P256_SHA256: u16 = 0x0403;

/// The random that marks a HelloRetryRequest (RFC 8446, section 4.1.3).
pub const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// An extension: its type and its content.
pub type Extension = (u16, Vec<u8>);

/// Extensions one after the other, with the length of all in front.
pub fn extensions(all: &[Extension]) -> Vec<u8> {
    let each = all.iter().flat_map(|(kind, content)| [kind.to_be_bytes().to_vec(), vec16(content)].concat());
    vec16(&each.collect::<Vec<_>>())
}

/// Numbers of two bytes one after the other.
pub fn numbers(all: &[u16]) -> Vec<u8> {
    all.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// A list of extensions in which some are another, or gone.
pub trait Extensions {
    /// With this content in the place of the extension's own, or after the others.
    fn set(&mut self, kind: u16, content: Vec<u8>);
    fn unset(&mut self, kind: u16);
}

impl Extensions for Vec<Extension> {
    fn set(&mut self, kind: u16, content: Vec<u8>) {
        match self.iter_mut().find(|(other, _)| *other == kind) {
            Some(place) => place.1 = content,
            None => self.push((kind, content)),
        }
    }

    fn unset(&mut self, kind: u16) {
        self.retain(|(other, _)| *other != kind);
    }
}

#[derive(Clone)]
pub struct ClientHello {
    pub legacy_version: u16,
    pub random: Vec<u8>,
    pub session_id: Vec<u8>,
    pub suites: Vec<u16>,
    pub compression: Vec<u8>,
    pub extensions: Vec<Extension>,
}

impl ClientHello {
    /// An ordinary one with this X25519 share.
    pub fn new(random: [u8; 32], share: &[u8; 32]) -> ClientHello {
        let key_share = vec16(&[&numbers(&[X25519])[..], &vec16(share)].concat());
        ClientHello {
            legacy_version: TLS12,
            random: random.to_vec(),
            session_id: random.to_vec(),
            suites: vec![Suite::Aes128Gcm.code(), Suite::ChaCha20Poly1305.code()],
            compression: vec![0],
            extensions: vec![
                (SERVER_NAME, vec16(&[&[0][..], &vec16(b"pinata")].concat())),
                (SUPPORTED_GROUPS, vec16(&numbers(&[X25519]))),
                (SIGNATURE_ALGORITHMS, vec16(&numbers(&[ECDSA_P256_SHA256]))),
                (SUPPORTED_VERSIONS, vec8(&numbers(&[TLS13]))),
                (KEY_SHARE, key_share),
            ],
        }
    }

    pub fn encode(&self) -> Vec<u8> {
        let body = [
            self.legacy_version.to_be_bytes().to_vec(),
            self.random.clone(),
            vec8(&self.session_id),
            vec16(&numbers(&self.suites)),
            vec8(&self.compression),
            extensions(&self.extensions),
        ];
        message(CLIENT_HELLO, &body.concat())
    }
}

/// A server's hello. `None`: as the client's hello asks for.
#[derive(Clone)]
pub struct ServerHello {
    pub legacy_version: u16,
    pub random: Vec<u8>,
    pub session_id: Option<Vec<u8>>,
    pub suite: Option<u16>,
    pub compression: u8,
    pub extensions: Vec<Extension>,
}

impl ServerHello {
    /// An ordinary one with this X25519 share.
    pub fn new(random: [u8; 32], share: &[u8; 32]) -> ServerHello {
        ServerHello {
            legacy_version: TLS12,
            random: random.to_vec(),
            session_id: None,
            suite: None,
            compression: 0,
            extensions: vec![
                (SUPPORTED_VERSIONS, numbers(&[TLS13])),
                (KEY_SHARE, [&numbers(&[X25519])[..], &vec16(share)].concat()),
            ],
        }
    }

    pub(crate) fn encode(&self, seen: &SeenClientHello) -> Vec<u8> {
        let body = [
            self.legacy_version.to_be_bytes().to_vec(),
            self.random.clone(),
            vec8(self.session_id.as_ref().unwrap_or(&seen.session_id)),
            self.suite.unwrap_or(seen.suite.code()).to_be_bytes().to_vec(),
            vec![self.compression],
            extensions(&self.extensions),
        ];
        message(SERVER_HELLO, &body.concat())
    }
}

/// What a puppet needs of a client's hello.
#[derive(Clone)]
pub(crate) struct SeenClientHello {
    session_id: Vec<u8>,
    /// The first offered one that a puppet knows.
    pub suite: Suite,
    /// The X25519 share.
    pub share: [u8; 32],
}

impl SeenClientHello {
    pub fn read(message: &[u8]) -> Option<SeenClientHello> {
        let mut reader = Reader(message.get(4..)?);
        reader.take(34)?;
        let session_id = reader.vector(1)?.to_vec();
        let suites = reader.vector(2)?;
        reader.vector(1)?;
        let mut shares = Reader(find(reader.vector(2)?, KEY_SHARE)?);
        let mut shares = Reader(shares.vector(2)?);
        let share = loop {
            let (group, share) = (shares.number(2)?, shares.vector(2)?);
            if group == usize::from(X25519) {
                break share.try_into().ok()?;
            }
        };
        let suite = suites.chunks_exact(2).find_map(|code| Suite::from_code(u16::from_be_bytes([code[0], code[1]])))?;
        Some(SeenClientHello { session_id, suite, share })
    }
}

/// What a puppet needs of a server's hello.
pub(crate) enum SeenServerHello {
    Retry,
    Chosen { suite: Suite, share: [u8; 32] },
}

impl SeenServerHello {
    pub fn read(message: &[u8]) -> Option<SeenServerHello> {
        let mut reader = Reader(message.get(4..)?);
        reader.take(2)?;
        if reader.take(32)? == RETRY_RANDOM {
            return Some(SeenServerHello::Retry);
        }
        reader.vector(1)?;
        let suite = Suite::from_code(reader.number(2)? as u16)?;
        reader.take(1)?;
        let mut share = Reader(find(reader.vector(2)?, KEY_SHARE)?);
        share.take(2)?;
        Some(SeenServerHello::Chosen { suite, share: share.vector(2)?.try_into().ok()? })
    }
}

/// The content of an extension.
fn find(extensions: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut reader = Reader(extensions);
    loop {
        let (kind, content) = (reader.number(2)?, reader.vector(2)?);
        if kind == usize::from(wanted) {
            return Some(content);
        }
    }
}
