//! The supervisor's side of the channel, by a codec that the guest does not use.

use ciborium::Value;
use std::fmt;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

/// One message of the guest.
#[derive(Clone)]
pub struct Told {
    pub name: String,
    pub body: Vec<(String, Value)>,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        self.body.iter().try_for_each(|(key, value)| match value {
            Value::Bytes(bytes) => write!(f, " {key}={:02x?}", &bytes[..bytes.len().min(16)]),
            Value::Text(text) => write!(f, " {key}={text}"),
            Value::Integer(number) => write!(f, " {key}={}", i128::from(*number)),
            other => write!(f, " {key}={}", if other.is_bool() { format!("{other:?}") } else { "…".into() }),
        })
    }
}

pub fn write_frame(channel: &mut UnixStream, sequence: u64, name: &str, body: Value) {
    let mut cbor = Vec::new();
    let message = Value::Array(vec![Value::Integer(sequence.into()), Value::Text(name.into()), body]);
    ciborium::into_writer(&message, &mut cbor).unwrap();
    let frame = [&(cbor.len() as u32).to_be_bytes()[..], &cbor].concat();
    channel.write_all(&frame).unwrap();
}

/// Reads one frame and checks its number.
pub fn read_frame(channel: &mut UnixStream, sequence: u64) -> io::Result<Told> {
    let mut header = [0; 4];
    channel.read_exact(&mut header)?;
    let mut cbor = vec![0; u32::from_be_bytes(header) as usize];
    channel.read_exact(&mut cbor)?;
    let Value::Array(parts) = ciborium::from_reader(&cbor[..]).unwrap() else { panic!("no array") };
    let [Value::Integer(number), Value::Text(name), Value::Map(body)] = &parts[..] else { panic!("no frame") };
    assert_eq!(u64::try_from(*number).unwrap(), sequence);
    let body = body.iter().map(|(key, value)| (key.as_text().unwrap().to_owned(), value.clone())).collect();
    Ok(Told { name: name.clone(), body })
}

pub fn map(entries: Vec<(&str, Value)>) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (Value::Text(key.into()), value)).collect())
}

fn field<'a>(told: &'a Told, key: &str) -> &'a Value {
    &told.body.iter().find(|(name, _)| name == key).unwrap_or_else(|| panic!("no {key} in {told:?}")).1
}

pub fn field_uint(told: &Told, key: &str) -> u64 {
    u64::try_from(field(told, key).as_integer().unwrap()).unwrap()
}

pub fn field_text(told: &Told, key: &str) -> String {
    field(told, key).as_text().unwrap().into()
}

pub fn field_bytes(told: &Told, key: &str) -> Vec<u8> {
    field(told, key).as_bytes().unwrap().clone()
}

pub fn field_bool(told: &Told, key: &str) -> bool {
    field(told, key).as_bool().unwrap()
}

impl Told {
    /// The kind of an event.
    pub fn kind(&self) -> String {
        field_text(self, "kind")
    }

    /// The attempt of an event, if it names one.
    pub fn id(&self) -> Option<Vec<u8>> {
        self.body.iter().find(|(name, _)| name == "id").map(|(_, value)| value.as_bytes().unwrap().clone())
    }

    pub fn list(&self, key: &str) -> Vec<Value> {
        field(self, key).as_array().unwrap().clone()
    }
}
