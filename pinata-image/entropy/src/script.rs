//! What a test wants drawn: published vectors fix private keys.

/// An X25519 private key and the seed of an ML-KEM key, together.
const BYTES_MAX: usize = 96;

pub(crate) struct Script {
    bytes: [u8; BYTES_MAX],
    left: core::ops::Range<usize>,
    asked_beyond: bool,
}

impl Script {
    pub(crate) const fn new() -> Script {
        Script { bytes: [0; BYTES_MAX], left: 0..0, asked_beyond: false }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.bytes[..bytes.len()].copy_from_slice(bytes);
        self.left = 0..bytes.len();
        self.asked_beyond = false;
    }

    /// `false`: there are not as many bytes left.
    pub(crate) fn read(&mut self, out: &mut [u8]) -> bool {
        let end = self.left.start + out.len();
        if end > self.left.end {
            self.asked_beyond = true;
            return false;
        }
        out.copy_from_slice(&self.bytes[self.left.start..end]);
        self.left.start = end;
        true
    }

    /// Whether exactly what was written has been read.
    pub(crate) fn ends(&mut self) -> bool {
        let exact = self.left.is_empty() && !self.asked_beyond;
        self.write(&[]);
        exact
    }
}
