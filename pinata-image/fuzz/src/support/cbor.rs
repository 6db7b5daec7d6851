//! CBOR once more, as little as the channel's schema needs and shared with no product code: the second opinion on its codec
//! (RFC 8949, definite lengths, shortest heads).

const UNSIGNED: u8 = 0;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const NULL: u8 = 0xf6;
const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;

/// Writes items, each in its one allowed form.
#[derive(Default)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    pub fn unsigned(&mut self, value: u64) -> &mut Writer {
        self.head(UNSIGNED, value)
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Writer {
        self.head(BYTES, bytes.len() as u64).0.extend_from_slice(bytes);
        self
    }

    pub fn text(&mut self, text: &str) -> &mut Writer {
        self.head(TEXT, text.len() as u64).0.extend_from_slice(text.as_bytes());
        self
    }

    pub fn array(&mut self, items: usize) -> &mut Writer {
        self.head(ARRAY, items as u64)
    }

    pub fn map(&mut self, entries: usize) -> &mut Writer {
        self.head(MAP, entries as u64)
    }

    pub fn null(&mut self) -> &mut Writer {
        self.0.push(NULL);
        self
    }

    fn head(&mut self, major: u8, argument: u64) -> &mut Writer {
        let major = major << 5;
        match argument {
            0..24 => self.0.push(major | argument as u8),
            24..0x100 => self.0.extend([major | 24, argument as u8]),
            0x100..0x1_0000 => {
                self.0.push(major | 25);
                self.0.extend((argument as u16).to_be_bytes());
            }
            0x1_0000..0x1_0000_0000 => {
                self.0.push(major | 26);
                self.0.extend((argument as u32).to_be_bytes());
            }
            _ => {
                self.0.push(major | 27);
                self.0.extend(argument.to_be_bytes());
            }
        }
        self
    }
}

/// An item as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Unsigned(u64),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Item>),
    /// Pairs in the order in which they stood.
    Map(Vec<(Item, Item)>),
    Bool(bool),
    Null,
}

impl Item {
    /// The value of a text key in a map.
    pub fn get(&self, key: &str) -> Option<&Item> {
        let Item::Map(pairs) = self else { return None };
        pairs.iter().find(|(name, _)| *name == Item::Text(key.into())).map(|(_, value)| value)
    }

    /// Reads one item from the front of `bytes`. `None`: not CBOR, or not in the form that [`Writer`] gives it.
    pub fn read(bytes: &mut &[u8]) -> Option<Item> {
        let first = *bytes.first()?;
        match first {
            NULL | FALSE | TRUE => {
                *bytes = &bytes[1..];
                return Some(if first == NULL { Item::Null } else { Item::Bool(first == TRUE) });
            }
            _ => {}
        }
        let (major, argument) = head(bytes)?;
        let length = usize::try_from(argument).ok()?;
        Some(match major {
            UNSIGNED => Item::Unsigned(argument),
            BYTES => Item::Bytes(split(bytes, length)?.to_vec()),
            TEXT => Item::Text(String::from_utf8(split(bytes, length)?.to_vec()).ok()?),
            ARRAY => Item::Array((0..length).map(|_| Item::read(bytes)).collect::<Option<_>>()?),
            MAP => {
                let pair = |_| Some((Item::read(bytes)?, Item::read(bytes)?));
                Item::Map((0..length).map(pair).collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }
}

fn split<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = bytes.split_at_checked(length)?;
    *bytes = left;
    Some(taken)
}

fn head(bytes: &mut &[u8]) -> Option<(u8, u64)> {
    let before = *bytes;
    let first = split(bytes, 1)?[0];
    let argument = match first & 0x1f {
        short @ 0..24 => u64::from(short),
        wide @ 24..28 => split(bytes, 1 << (wide - 24))?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        _ => return None,
    };
    let mut shortest = Writer::default();
    shortest.head(first >> 5, argument);
    before.starts_with(&shortest.0).then_some((first >> 5, argument))
}
