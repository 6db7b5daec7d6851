//! A reader that takes exactly one encoding of each value: definite lengths, shortest heads, keys in the schema's order
//! (RFC 8949, section 4.2.1, with the schema's order instead of the sorted one).

use minicbor::Decoder;
use minicbor::data::Type;

/// What is wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Longer than a frame may be, or empty.
    Length,
    /// Not CBOR, or not in its only allowed form.
    Encoding,
    /// A key, type or size that the schema does not have there.
    Schema,
    /// Not the next sequence number.
    Sequence,
}

impl From<minicbor::decode::Error> for Malformed {
    fn from(_: minicbor::decode::Error) -> Self {
        Malformed::Encoding
    }
}

pub(crate) struct Strict<'b>(Decoder<'b>);

impl<'b> Strict<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Strict<'b> {
        Strict(Decoder::new(bytes))
    }

    pub(crate) fn uint(&mut self, max: u64) -> Result<u64, Malformed> {
        let start = self.0.position();
        let value = self.0.u64()?;
        self.shortest(start, value, 0)?;
        if value > max { Err(Malformed::Schema) } else { Ok(value) }
    }

    pub(crate) fn bytes(&mut self, max: usize) -> Result<&'b [u8], Malformed> {
        let start = self.0.position();
        let value = self.0.bytes()?;
        self.shortest(start, value.len() as u64, value.len())?;
        if value.len() > max { Err(Malformed::Schema) } else { Ok(value) }
    }

    pub(crate) fn array_of<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.bytes(N)?.try_into().map_err(|_| Malformed::Schema)
    }

    pub(crate) fn text(&mut self, max: usize) -> Result<&'b str, Malformed> {
        let start = self.0.position();
        let value = self.0.str()?;
        self.shortest(start, value.len() as u64, value.len())?;
        if value.len() > max { Err(Malformed::Schema) } else { Ok(value) }
    }

    pub(crate) fn key(&mut self, expected: &str) -> Result<(), Malformed> {
        if self.text(expected.len())? == expected { Ok(()) } else { Err(Malformed::Schema) }
    }

    pub(crate) fn map(&mut self, entries: u64) -> Result<(), Malformed> {
        let start = self.0.position();
        let length = self.0.map()?.ok_or(Malformed::Encoding)?;
        self.shortest(start, length, 0)?;
        if length == entries { Ok(()) } else { Err(Malformed::Schema) }
    }

    pub(crate) fn array(&mut self, max: u64) -> Result<u64, Malformed> {
        let start = self.0.position();
        let length = self.0.array()?.ok_or(Malformed::Encoding)?;
        self.shortest(start, length, 0)?;
        if length > max { Err(Malformed::Schema) } else { Ok(length) }
    }

    /// Consumes a null, if the next item is one.
    pub(crate) fn null(&mut self) -> Result<bool, Malformed> {
        let null = self.0.datatype()? == Type::Null;
        if null {
            self.0.null()?;
        }
        Ok(null)
    }

    pub(crate) fn end(&self) -> Result<(), Malformed> {
        if self.0.position() == self.0.input().len() { Ok(()) } else { Err(Malformed::Encoding) }
    }

    /// The item that began at `start` had the shortest head for `argument`, followed by `content` bytes.
    fn shortest(&self, start: usize, argument: u64, content: usize) -> Result<(), Malformed> {
        let head = match argument {
            0..24 => 1,
            24..0x100 => 2,
            0x100..0x1_0000 => 3,
            0x1_0000..0x1_0000_0000 => 5,
            _ => 9,
        };
        if self.0.position() - start == head + content { Ok(()) } else { Err(Malformed::Encoding) }
    }
}
