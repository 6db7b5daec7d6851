//! What the supervisor says. Whatever is secret here is erased when dropped.

use crate::strict::{Malformed, Strict};
use alloc::{boxed::Box, string::String, vec::Vec};
use zeroize::Zeroizing;

const TARGET_BYTES_MAX: usize = 32;
const DOCUMENT_BYTES_MAX: usize = 4096;
const CERTIFICATE_BYTES_MAX: usize = 4096;
const KEYS_MAX: u64 = 4;
/// More than any machine of ours has memory for.
const PLACES_MAX: u64 = 4096;
const MILLISECONDS_MAX: u64 = 3_600_000;
const BYTES_BEFORE_AUTH_MAX: u64 = 1 << 24;
const CHAIN_MAX: u64 = 64;
/// The last second of the year 9999, beyond which no certificate can name a time, less the 397 days that a boot's certificates
/// last. In microseconds.
const WALL_MAX: u64 = (253_402_300_799 - 397 * 86_400) * 1_000_000;

/// A decoded frame from the supervisor.
pub enum Command {
    Provision(Box<Provision>),
    Prove { root: [u8; 32] },
    Stop,
}

/// Everything a guest needs to serve, said once.
pub struct Provision {
    pub target: String,
    pub boot: [u8; 16],
    /// SHA-256 of the image that was booted: the host's word.
    pub image: [u8; 32],
    /// Unix time in microseconds.
    pub wall: u64,
    /// 0: unknown.
    pub tsc_khz: u64,
    pub limits: Limits,
    pub preface_key: Zeroizing<[u8; 32]>,
    pub document: Zeroizing<Vec<u8>>,
    pub keys: Vec<SecretKey>,
    /// `None`: an authority is to be born here.
    pub authority: Option<GivenAuthority>,
}

/// The published limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub places_server: usize,
    pub places_client: usize,
    pub handshake_ms: u64,
    pub release_ms: u64,
    pub bytes_before_auth: usize,
    pub chain_max: usize,
    pub signatures_max: u64,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRole {
    /// The prize; lives in the vault's page.
    Vault,
    /// A lesser one, deliberately in ordinary heap.
    Heap,
}

impl KeyRole {
    pub const fn name(self) -> &'static str {
        match self {
            KeyRole::Vault => "vault",
            KeyRole::Heap => "heap",
        }
    }
}

/// A secp256k1 private key, big-endian.
pub struct SecretKey {
    pub role: KeyRole,
    pub key: Zeroizing<[u8; 32]>,
}

/// An authority made on the host: DER certificates, and the two leaves' P-256 scalars.
pub struct GivenAuthority {
    pub ca: Vec<u8>,
    pub server: Vec<u8>,
    pub client: Vec<u8>,
    pub server_key: Zeroizing<[u8; 32]>,
    pub client_key: Zeroizing<[u8; 32]>,
}

impl Command {
    /// Decodes the CBOR of one frame that must carry the sequence number `sequence`.
    pub fn decode(frame: &[u8], sequence: u64) -> Result<Command, Malformed> {
        let mut reader = Strict::new(frame);
        if reader.array(3)? != 3 {
            return Err(Malformed::Schema);
        }
        if reader.uint(u64::MAX)? != sequence {
            return Err(Malformed::Sequence);
        }
        let command = match reader.text(16)? {
            "provision" => Command::Provision(Box::new(provision(&mut reader)?)),
            "prove" => {
                reader.map(1)?;
                reader.key("root")?;
                Command::Prove { root: reader.array_of()? }
            }
            "stop" => {
                reader.map(0)?;
                Command::Stop
            }
            _ => return Err(Malformed::Schema),
        };
        reader.end()?;
        Ok(command)
    }
}

fn provision(reader: &mut Strict<'_>) -> Result<Provision, Malformed> {
    reader.map(10)?;
    reader.key("target")?;
    let target = String::from(reader.text(TARGET_BYTES_MAX)?);
    reader.key("boot")?;
    let boot = reader.array_of()?;
    reader.key("image")?;
    let image = reader.array_of()?;
    reader.key("wall")?;
    let wall = reader.uint(WALL_MAX)?;
    reader.key("tsc_khz")?;
    let tsc_khz = reader.uint(u32::MAX.into())?;
    reader.key("limits")?;
    let limits = limits(reader)?;
    reader.key("preface_key")?;
    let preface_key = Zeroizing::new(reader.array_of()?);
    reader.key("document")?;
    let document = Zeroizing::new(reader.bytes(DOCUMENT_BYTES_MAX)?.to_vec());
    reader.key("keys")?;
    let keys = (0..reader.array(KEYS_MAX)?).map(|_| secret_key(reader)).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() {
        return Err(Malformed::Schema);
    }
    reader.key("authority")?;
    let authority = if reader.null()? { None } else { Some(authority(reader)?) };
    Ok(Provision { target, boot, image, wall, tsc_khz, limits, preface_key, document, keys, authority })
}

fn limits(reader: &mut Strict<'_>) -> Result<Limits, Malformed> {
    reader.map(7)?;
    let mut number = |key, max| {
        reader.key(key)?;
        reader.uint(max)
    };
    Ok(Limits {
        places_server: number("places_server", PLACES_MAX)? as usize,
        places_client: number("places_client", PLACES_MAX)? as usize,
        handshake_ms: number("handshake_ms", MILLISECONDS_MAX)?,
        release_ms: number("release_ms", MILLISECONDS_MAX)?,
        bytes_before_auth: number("bytes_before_auth", BYTES_BEFORE_AUTH_MAX)? as usize,
        chain_max: number("chain_max", CHAIN_MAX)? as usize,
        signatures_max: number("signatures_max", u64::MAX)?,
    })
}

fn secret_key(reader: &mut Strict<'_>) -> Result<SecretKey, Malformed> {
    reader.map(2)?;
    reader.key("role")?;
    let role = match reader.text(5)? {
        "vault" => KeyRole::Vault,
        "heap" => KeyRole::Heap,
        _ => return Err(Malformed::Schema),
    };
    reader.key("key")?;
    Ok(SecretKey { role, key: Zeroizing::new(reader.array_of()?) })
}

fn authority(reader: &mut Strict<'_>) -> Result<GivenAuthority, Malformed> {
    reader.map(5)?;
    let mut certificate = |key| {
        reader.key(key)?;
        reader.bytes(CERTIFICATE_BYTES_MAX).map(<[u8]>::to_vec)
    };
    let (ca, server, client) = (certificate("ca")?, certificate("server")?, certificate("client")?);
    reader.key("server_key")?;
    let server_key = Zeroizing::new(reader.array_of()?);
    reader.key("client_key")?;
    let client_key = Zeroizing::new(reader.array_of()?);
    Ok(GivenAuthority { ca, server, client, server_key, client_key })
}
