//! What is to be done: lines of a word and its values.
//!
//! ```text
//! seed 64 hex digits          of the authority
//! preface 64 hex digits       the boot's preface key
//! server ADDRESS...           where the guest's server role is reached
//! client ADDRESS...           where its client role is
//! lanes NUMBER                connections at once
//! ```

use std::error::Error;
use std::net::SocketAddr;

#[derive(Default)]
pub struct Order {
    pub seed: [u8; 32],
    pub preface_key: [u8; 32],
    pub server: Vec<SocketAddr>,
    pub client: Vec<SocketAddr>,
    pub lanes: usize,
}

impl Order {
    pub fn read(text: &str) -> Result<Order, Box<dyn Error>> {
        let mut order = Order { lanes: 1, ..Order::default() };
        for line in text.lines() {
            let (word, values) = line.split_once(' ').ok_or("a line without values")?;
            let addresses = || values.split(' ').map(str::parse).collect::<Result<Vec<SocketAddr>, _>>();
            match word {
                "seed" => order.seed = unhex(values)?,
                "preface" => order.preface_key = unhex(values)?,
                "server" => order.server = addresses()?,
                "client" => order.client = addresses()?,
                "lanes" => order.lanes = values.parse()?,
                _ => return Err(format!("unknown: {word}").into()),
            }
        }
        Ok(order)
    }
}

fn unhex(text: &str) -> Result<[u8; 32], Box<dyn Error>> {
    let digits =
        text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair)?, 16).map_err(Box::from));
    let bytes = digits.collect::<Result<Vec<u8>, Box<dyn Error>>>()?;
    bytes.try_into().map_err(|_| "not 32 bytes".into())
}
