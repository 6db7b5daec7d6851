//! TLS's vectors (RFC 8446, section 3.4): a length of one, two or three bytes, and the content.

/// `body` after its length in one byte. Lengths that do not fit are cut: a puppet may want to lie, and does so elsewhere.
pub fn vec8(body: &[u8]) -> Vec<u8> {
    [&[body.len() as u8], body].concat()
}

/// `body` after its length in two bytes.
pub fn vec16(body: &[u8]) -> Vec<u8> {
    [&(body.len() as u16).to_be_bytes(), body].concat()
}

/// `body` after its length in three bytes.
pub fn vec24(body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32).to_be_bytes()[1..], body].concat()
}

/// A handshake message (RFC 8446, section 4): its type, and the body after its length.
pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &vec24(body)[..]].concat()
}

/// Reads what a peer sent. `None` where bytes are missing.
pub(crate) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn number(&mut self, bytes: usize) -> Option<usize> {
        Some(self.take(bytes)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    }

    /// A vector whose length is in `length_bytes` bytes.
    pub fn vector(&mut self, length_bytes: usize) -> Option<&'a [u8]> {
        let length = self.number(length_bytes)?;
        self.take(length)
    }
}

/// The first whole handshake message, header included.
pub(crate) fn first_message(bytes: &[u8]) -> Option<&[u8]> {
    let length = Reader(bytes.get(1..)?).number(3)?;
    bytes.get(..4 + length)
}

/// Whether these records (RFC 8446, section 5.1), all in plaintext, end where a record and a handshake message end. A peer
/// that was sent anything else waits for more.
pub(crate) fn is_complete(mut records: &[u8]) -> bool {
    let mut handshake = Vec::new();
    while !records.is_empty() {
        let mut reader = Reader(records);
        let kind = reader.take(3).map(|head| head[0]);
        let Some((kind, body)) = kind.zip(reader.vector(2)) else { return false };
        if kind == crate::record::HANDSHAKE {
            handshake.extend_from_slice(body);
        }
        records = reader.0;
    }
    let mut rest = &handshake[..];
    while let Some(message) = first_message(rest) {
        rest = &rest[message.len()..];
    }
    rest.is_empty() && !handshake.is_empty()
}
