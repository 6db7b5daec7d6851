//! X.509 certificates (RFC 5280, section 4.1), every field of which may be wrong.

use crate::der;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};

/// AlgorithmIdentifier of ECDSA with SHA-256 and of ECDSA with SHA-384 (RFC 5758, section 3.2).
pub const ECDSA_SHA256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
pub const ECDSA_SHA384: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03";
/// AlgorithmIdentifier of ECDSA with SHA-256 and parameters, which must be absent.
pub const ECDSA_SHA256_NULL: &[u8] = b"\x30\x0c\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x05\x00";

/// AlgorithmIdentifiers of public keys: elliptic curves (RFC 5480, section 2.1.1), and Ed25519 (RFC 8410, section 3).
pub const ON_P256: &[u8] = b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
pub const ON_P384: &[u8] = b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
pub const ON_SECP256K1: &[u8] = b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x0a";
pub const ED25519: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70";

pub const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
pub const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
pub const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
pub const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x1e];
pub const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
/// One that nobody knows.
pub const UNKNOWN: &[u8] = &[0x2a, 0x03, 0x04, 0x05];

pub const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
pub const CLIENT_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];
pub const CODE_SIGNING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03];
pub const ANY_USAGE: &[u8] = &[0x55, 0x1d, 0x25, 0x00];

/// Bits of a KeyUsage (RFC 5280, section 4.2.1.3) after the count of unused ones.
pub const DIGITAL_SIGNATURE: &[u8] = &[7, 0x80];
pub const KEY_CERT_SIGN: &[u8] = &[2, 0x04];
pub const KEY_ENCIPHERMENT: &[u8] = &[5, 0x20];

#[derive(Clone)]
pub struct Extension {
    pub id: &'static [u8],
    pub critical: bool,
    /// DER.
    pub value: Vec<u8>,
}

/// A certificate before it is signed. Fields are DER unless they say otherwise.
#[derive(Clone)]
pub struct Template {
    /// `None`: the field is left out, which means version 1. 2 means version 3.
    pub version: Option<u8>,
    /// Content of an INTEGER.
    pub serial: Vec<u8>,
    /// The algorithm inside of what is signed.
    pub inner_algorithm: Vec<u8>,
    pub issuer: Vec<u8>,
    pub not_before: Vec<u8>,
    pub not_after: Vec<u8>,
    pub subject: Vec<u8>,
    /// SubjectPublicKeyInfo.
    pub key: Vec<u8>,
    pub extensions: Vec<Extension>,
    /// The algorithm beside the signature.
    pub outer_algorithm: Vec<u8>,
}

impl Template {
    /// The certificate, signed by `issuer`.
    pub fn sign(&self, issuer: &SigningKey) -> Vec<u8> {
        let to_be_signed = self.to_be_signed();
        let signature: DerSignature = issuer.sign(&to_be_signed);
        self.with_signature(signature.as_bytes())
    }

    /// The certificate with any bytes in the place of its signature.
    pub fn with_signature(&self, signature: &[u8]) -> Vec<u8> {
        der::sequence(&[&self.to_be_signed(), &self.outer_algorithm, &der::bit_string(signature)])
    }

    /// Without this extension.
    #[must_use]
    pub fn without(mut self, id: &[u8]) -> Template {
        self.extensions.retain(|extension| extension.id != id);
        self
    }

    /// With this extension in the place of the one with the same id, or after the others.
    #[must_use]
    pub fn with(mut self, extension: Extension) -> Template {
        match self.extensions.iter_mut().find(|other| other.id == extension.id) {
            Some(place) => *place = extension,
            None => self.extensions.push(extension),
        }
        self
    }

    fn to_be_signed(&self) -> Vec<u8> {
        let version =
            self.version.map(|version| der::value(der::context(0, true), &der::value(der::INTEGER, &[version])));
        let extensions: Vec<u8> = self.extensions.iter().flat_map(encoded).collect();
        let extensions = match extensions.is_empty() {
            true => Vec::new(),
            false => der::value(der::context(3, true), &der::value(der::SEQUENCE, &extensions)),
        };
        der::sequence(&[
            &version.unwrap_or_default(),
            &der::value(der::INTEGER, &self.serial),
            &self.inner_algorithm,
            &self.issuer,
            &der::sequence(&[&self.not_before, &self.not_after]),
            &self.subject,
            &self.key,
            &extensions,
        ])
    }
}

fn encoded(extension: &Extension) -> Vec<u8> {
    let critical = if extension.critical { der::value(der::BOOLEAN, &[0xff]) } else { Vec::new() };
    der::sequence(&[&der::value(der::OID, extension.id), &critical, &der::value(der::OCTET_STRING, &extension.value)])
}

/// SubjectPublicKeyInfo of a key on P-256, the point uncompressed.
pub fn public_key(key: &SigningKey) -> Vec<u8> {
    der::sequence(&[ON_P256, &der::bit_string(key.verifying_key().to_sec1_point(false).as_bytes())])
}

pub fn key_usage(bits: &[u8]) -> Extension {
    Extension { id: KEY_USAGE, critical: true, value: der::value(der::BIT_STRING, bits) }
}

pub fn extended_key_usage(purposes: &[&[u8]]) -> Extension {
    let purposes: Vec<u8> = purposes.iter().flat_map(|purpose| der::value(der::OID, purpose)).collect();
    Extension { id: EXTENDED_KEY_USAGE, critical: false, value: der::value(der::SEQUENCE, &purposes) }
}

/// DNS names.
pub fn subject_alt_name(names: &[&str]) -> Extension {
    let names: Vec<u8> = names.iter().flat_map(|name| der::value(der::context(2, false), name.as_bytes())).collect();
    Extension { id: SUBJECT_ALT_NAME, critical: false, value: der::value(der::SEQUENCE, &names) }
}

pub fn authority() -> Extension {
    Extension { id: BASIC_CONSTRAINTS, critical: true, value: der::sequence(&[&der::value(der::BOOLEAN, &[0xff])]) }
}

/// `YYMMDDhhmmssZ` (RFC 5280, section 4.1.2.5.1).
pub fn time(text: &str) -> Vec<u8> {
    der::value(der::UTC_TIME, text.as_bytes())
}
