//! Each length in a hello, other than it should be.

use super::scripted;
use crate::Case;
use pinata_puppet::hello::{KEY_SHARE, SERVER_NAME, SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS, SUPPORTED_VERSIONS};
use pinata_puppet::{Change, Edit, Message, Script};

/// One length: where it is in the message, and in how many bytes.
struct Field {
    name: String,
    at: usize,
    bytes: usize,
}

impl Field {
    fn read(&self, message: &[u8]) -> usize {
        message[self.at..self.at + self.bytes].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    }

    fn write(&self, message: &[u8], value: usize) -> Vec<u8> {
        let mut changed = message.to_vec();
        let value = value.to_be_bytes();
        changed[self.at..self.at + self.bytes].copy_from_slice(&value[value.len() - self.bytes..]);
        changed
    }

    fn end(&self, message: &[u8]) -> usize {
        self.at + self.bytes + self.read(message)
    }
}

/// Lengths inside of an extension: how far after its content's beginning, and in how many bytes.
const INNER: [(u16, &str, usize, usize); 7] = [
    (SERVER_NAME, "the list of server names", 0, 2),
    (SERVER_NAME, "a server name", 3, 2),
    (SUPPORTED_GROUPS, "the list of groups", 0, 2),
    (SIGNATURE_ALGORITHMS, "the list of signature algorithms", 0, 2),
    (SUPPORTED_VERSIONS, "the list of versions", 0, 1),
    (KEY_SHARE, "the list of shares", 0, 2),
    (KEY_SHARE, "a share", 4, 2),
];

pub(super) fn cases(honest: &Script) -> Vec<Case> {
    let message = honest.client_hello.encode();
    let replaced = |name: String, bytes: Vec<u8>| {
        scripted(name, honest.clone().edit(Edit::Bytes(Message::ClientHello, Change::Replace(bytes))))
    };
    let mut all = Vec::new();
    for field in fields(&message) {
        let length = field.read(&message);
        let most = (1 << (8 * field.bytes)) - 1;
        for (what, value) in [("zero", 0), ("short by one", length - 1), ("long by one", length + 1), ("endless", most)]
        {
            all.push(replaced(format!("length of {}: {what}", field.name), field.write(&message, value)));
        }
        let end = field.end(&message);
        if end < message.len() {
            let shortened = Edit::Bytes(Message::ClientHello, Change::Shorten(end - 4));
            all.push(scripted(format!("ends with {}", field.name), honest.clone().edit(shortened)));
        }
    }
    all
}

/// From the outside in (RFC 8446, sections 4 and 4.1.2).
fn fields(message: &[u8]) -> Vec<Field> {
    let field = |name: &str, at, bytes| Field { name: name.into(), at, bytes };
    let mut all = vec![field("the message", 1, 3), field("the session id", 4 + 2 + 32, 1)];
    for (name, bytes) in [("the suites", 2), ("the compressions", 1), ("the extensions", 2)] {
        let before = all.last().expect("there are some").end(message);
        all.push(field(name, before, bytes));
    }
    let mut at = message.len() - all.last().expect("there are some").read(message);
    while at < message.len() {
        let kind = u16::from_be_bytes([message[at], message[at + 1]]);
        let extension = field(&format!("extension {kind}"), at + 2, 2);
        let inner = INNER.iter().filter(|(of, ..)| *of == kind);
        all.extend(inner.map(|(_, name, offset, bytes)| field(name, at + 4 + offset, *bytes)));
        at = extension.end(message);
        all.push(extension);
    }
    all
}
