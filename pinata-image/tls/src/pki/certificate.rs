//! The three kinds of certificate.

use super::der::{self, value};
use super::time::{UnixSeconds, time};
use crate::provider::curves::{Key, Point, PrivateKey};
use alloc::vec::Vec;
use pinata_entropy::Generator;
use sha2::{Digest, Sha256};

const OID_EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const OID_P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const OID_ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const OID_COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const OID_SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x0e];
const OID_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const OID_SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const OID_BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const OID_AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x23];
const OID_EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
const OID_SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
const OID_CLIENT_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];

const VERSION_3: u8 = 2;
/// Bits of KeyUsage (RFC 5280, section 4.2.1.3) with the count of unused bits before them.
const DIGITAL_SIGNATURE: &[u8] = &[7, 0x80];
const KEY_CERT_SIGN: &[u8] = &[2, 0x04];
/// RFC 7093, section 2, method 1: the first 160 bits of SHA-256 of the public key.
const KEY_IDENTIFIER_BYTES: usize = 20;

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile<'a> {
    /// Signs the two others, and nothing below them.
    Authority,
    /// serverAuth only, for this DNS name.
    Server { name: &'a str },
    /// clientAuth only.
    Client,
}

/// What stands in a certificate besides its profile.
pub struct Request<'a> {
    pub subject: &'a str,
    pub subject_key: &'a Point,
    pub issuer: &'a str,
    pub issuer_key: &'a Key,
    pub not_before: UnixSeconds,
    pub not_after: UnixSeconds,
    pub serial: [u8; 16],
}

/// Writes and signs a certificate. Returns its DER.
pub fn certificate(profile: Profile<'_>, request: &Request<'_>, generator: &'static Generator) -> Vec<u8> {
    let algorithm = value(der::SEQUENCE, &[&oid(OID_ECDSA_SHA256)]);
    let to_be_signed = value(
        der::SEQUENCE,
        &[
            &value(der::context(0), &[&value(der::INTEGER, &[&[VERSION_3]])]),
            &value(der::INTEGER, &[&positive(request.serial)]),
            &algorithm,
            &name(request.issuer),
            &value(der::SEQUENCE, &[&time(request.not_before), &time(request.not_after)]),
            &name(request.subject),
            &subject_public_key_info(request.subject_key),
            &value(der::context(3), &[&value(der::SEQUENCE, &[&extensions(profile, request)])]),
        ],
    );
    let signature = request.issuer_key.sign(&to_be_signed, generator).expect("the generator has a seed");
    value(der::SEQUENCE, &[&to_be_signed, &algorithm, &value(der::BIT_STRING, &[&[0], &signature])])
}

/// SubjectPublicKeyInfo of a P-256 key (RFC 5480), the point uncompressed.
pub fn subject_public_key_info(key: &Point) -> Vec<u8> {
    let algorithm = value(der::SEQUENCE, &[&oid(OID_EC_PUBLIC_KEY), &oid(OID_P256)]);
    value(der::SEQUENCE, &[&algorithm, &value(der::BIT_STRING, &[&[0], key])])
}

fn extensions(profile: Profile<'_>, request: &Request<'_>) -> Vec<u8> {
    let subject_id = value(der::OCTET_STRING, &[&key_identifier(request.subject_key)]);
    let issuer_id = value(der::context_primitive(0), &[&key_identifier(&request.issuer_key.public())]);
    let mut all = match profile {
        Profile::Authority => {
            let no_authorities_below = value(der::INTEGER, &[&[0]]);
            let constraints = value(der::SEQUENCE, &[der::BOOLEAN_TRUE, &no_authorities_below]);
            [critical(OID_BASIC_CONSTRAINTS, &constraints), key_usage(KEY_CERT_SIGN)].concat()
        }
        Profile::Server { name } => {
            let names = value(der::SEQUENCE, &[&value(der::context_primitive(2), &[name.as_bytes()])]);
            [key_usage(DIGITAL_SIGNATURE), extended_key_usage(OID_SERVER_AUTH), extension(OID_SUBJECT_ALT_NAME, &names)]
                .concat()
        }
        Profile::Client => [key_usage(DIGITAL_SIGNATURE), extended_key_usage(OID_CLIENT_AUTH)].concat(),
    };
    all.extend(extension(OID_SUBJECT_KEY_IDENTIFIER, &subject_id));
    all.extend(extension(OID_AUTHORITY_KEY_IDENTIFIER, &value(der::SEQUENCE, &[&issuer_id])));
    all
}

fn oid(bytes: &[u8]) -> Vec<u8> {
    value(der::OID, &[bytes])
}

fn extension(id: &[u8], content: &[u8]) -> Vec<u8> {
    value(der::SEQUENCE, &[&oid(id), &value(der::OCTET_STRING, &[content])])
}

fn critical(id: &[u8], content: &[u8]) -> Vec<u8> {
    value(der::SEQUENCE, &[&oid(id), der::BOOLEAN_TRUE, &value(der::OCTET_STRING, &[content])])
}

fn key_usage(bits: &[u8]) -> Vec<u8> {
    critical(OID_KEY_USAGE, &value(der::BIT_STRING, &[bits]))
}

fn extended_key_usage(purpose: &[u8]) -> Vec<u8> {
    extension(OID_EXTENDED_KEY_USAGE, &value(der::SEQUENCE, &[&oid(purpose)]))
}

fn name(common_name: &str) -> Vec<u8> {
    let text = value(der::UTF8_STRING, &[common_name.as_bytes()]);
    let attribute = value(der::SEQUENCE, &[&oid(OID_COMMON_NAME), &text]);
    value(der::SEQUENCE, &[&value(der::SET, &[&attribute])])
}

fn key_identifier(key: &Point) -> Vec<u8> {
    Sha256::digest(key)[..KEY_IDENTIFIER_BYTES].to_vec()
}

/// A serial number must be positive, and in its shortest form: the first byte in 0x40..0x80 makes both sure.
fn positive(mut serial: [u8; 16]) -> [u8; 16] {
    serial[0] = serial[0] & 0x3f | 0x40;
    serial
}
