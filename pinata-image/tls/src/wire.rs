//! The few fields of plaintext records that this crate reads in what the library sends (RFC 8446, sections 4 and 5.1).
//!
//! ```text
//!  record: type(1) legacy_version(2) length(2) | handshake: msg_type(1) length(3) legacy_version(2) random(32) …
//!                                              | alert: level(1) description(1)
//! ```

const RECORD_HEADER_BYTES: usize = 5;
const CONTENT_ALERT: u8 = 21;
const CONTENT_HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const RANDOM_AT: usize = 6;
/// SHA-256 of "HelloRetryRequest": the random that marks one (RFC 8446, section 4.1.3).
const HELLO_RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// What a plaintext record that we send is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    ClientHello,
    ServerHello,
    HelloRetry,
    Alert(u8),
    Other,
}

/// Looks at one record that the library encoded.
pub(crate) fn sent(record: &[u8]) -> Sent {
    let Some((header, body)) = record.split_at_checked(RECORD_HEADER_BYTES) else { return Sent::Other };
    match (header[0], body.first()) {
        (CONTENT_ALERT, _) => alert_code(body).map_or(Sent::Other, Sent::Alert),
        (CONTENT_HANDSHAKE, Some(&CLIENT_HELLO)) => Sent::ClientHello,
        (CONTENT_HANDSHAKE, Some(&SERVER_HELLO)) => match body.get(RANDOM_AT..RANDOM_AT + 32) {
            Some(random) if random == HELLO_RETRY_RANDOM => Sent::HelloRetry,
            _ => Sent::ServerHello,
        },
        _ => Sent::Other,
    }
}

/// The description in a plaintext alert.
pub(crate) fn alert_code(body: &[u8]) -> Option<u8> {
    match body {
        [_, code] => Some(*code),
        _ => None,
    }
}
