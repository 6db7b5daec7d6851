//! Alterations of what is sent: order, bytes, records.

use crate::message::Message;
use crate::record::ALERT;
use crate::wire::message;

/// One alteration of what is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    Drop(Message),
    Repeat(Message),
    /// Changes places with the message after it in its flight.
    Swap(Message),
    Bytes(Message, Change),
    Before(Message, Extra),
    After(Message, Extra),
    Wrap(Message, Wrapping),
}

/// A change to a message's bytes, header included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Bytes are counted around: every flip changes something.
    Flip {
        byte: usize,
        bit: u8,
    },
    /// Only the first bytes, whatever the header says. Counted around: at least one is cut.
    Truncate(usize),
    /// Only the first bytes of the body, and the header says so. Counted around too.
    Shorten(usize),
    /// More bytes after it.
    Append(Vec<u8>),
    /// More bytes in the body, and the header says so.
    Lengthen(Vec<u8>),
    Replace(Vec<u8>),
}

impl Change {
    pub(crate) fn apply(&self, bytes: &mut Vec<u8>) {
        let fits = |bytes: &mut Vec<u8>| {
            let body = bytes.split_off(4.min(bytes.len()));
            *bytes = message(bytes[0], &body);
        };
        match self {
            Change::Flip { byte, bit } => {
                let at = byte % bytes.len();
                bytes[at] ^= 1 << bit;
            }
            Change::Truncate(length) => bytes.truncate(length % bytes.len()),
            Change::Shorten(length) => {
                bytes.truncate(4 + length % (bytes.len() - 4).max(1));
                fits(bytes);
            }
            Change::Append(more) => bytes.extend_from_slice(more),
            Change::Lengthen(more) => {
                bytes.extend_from_slice(more);
                fits(bytes);
            }
            Change::Replace(other) => bytes.clone_from(other),
        }
    }
}

/// How a message's records are other than they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// Another legacy version in the header.
    Version(u16),
    /// Another type in the header.
    Type(u8),
    /// Another type of the content: inside where it is protected.
    ContentType(u8),
    /// Zeros after the content's type.
    Padding(usize),
    /// In plaintext where it should be protected.
    Plain,
    /// Under the keys of the application data, or of the handshake where these are not known yet.
    OtherKeys,
    /// With the nonce of the record after it.
    Skipped,
    /// A bit of the last byte is wrong: of the tag where it is protected.
    BrokenTag,
    /// In records of this many bytes.
    Split(usize),
    /// The header says so many bytes more than there are.
    LongerBy(u16),
}

/// A record that does not belong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    pub kind: u8,
    pub body: Vec<u8>,
    /// In plaintext, or under the keys in use.
    pub is_plain: bool,
}

impl Extra {
    pub fn plain(kind: u8, body: &[u8]) -> Extra {
        Extra { kind, body: body.to_vec(), is_plain: true }
    }

    pub fn protected(kind: u8, body: &[u8]) -> Extra {
        Extra { kind, body: body.to_vec(), is_plain: false }
    }

    /// A protected alert; level 1 is a warning, 2 is fatal.
    pub fn alert(level: u8, description: u8) -> Extra {
        Extra::protected(ALERT, &[level, description])
    }
}
