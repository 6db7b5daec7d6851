//! DER, written (X.690).

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OID: u8 = 0x06;
pub const UTF8_STRING: u8 = 0x0c;
pub const UTC_TIME: u8 = 0x17;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// The tag of a context-specific field.
pub const fn context(number: u8, constructed: bool) -> u8 {
    0x80 | (constructed as u8) << 5 | number
}

/// One value: tag, shortest length, content.
pub fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [&head, content].concat()
}

/// A sequence of values.
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    value(SEQUENCE, &parts.concat())
}

/// A bit string without unused bits.
pub fn bit_string(bytes: &[u8]) -> Vec<u8> {
    value(BIT_STRING, &[&[0], bytes].concat())
}

/// A `Name` of one common name.
pub fn common_name(text: &str) -> Vec<u8> {
    let attribute = sequence(&[&value(OID, &[0x55, 0x04, 0x03]), &value(UTF8_STRING, text.as_bytes())]);
    value(SEQUENCE, &value(SET, &attribute))
}
