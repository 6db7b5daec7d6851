//! What the guest says.

use crate::event::{Detail, Event};
use crate::{HEADER_BYTES, VERSION};
use alloc::{string::String, vec::Vec};
use minicbor::Encoder;
use minicbor::encode::write::Cursor;
use minicbor::encode::{Error, Write};

/// Reasons and places of faults are cut to this many bytes.
const FAULT_TEXT_BYTES_MAX: usize = 200;

/// One message to the supervisor. No field of any variant can hold a private key.
#[derive(Clone, Debug)]
pub enum Report {
    /// The first of all; `image` is the image's version.
    Hello {
        image: String,
    },
    Ready {
        boot: [u8; 16],
        born: bool,
        ca: Vec<u8>,
        server: Vec<u8>,
        client: Vec<u8>,
        us: u64,
    },
    Event(Event),
    Proof {
        root: [u8; 32],
        message: [u8; 32],
        signature: [u8; 64],
        key: [u8; 32],
    },
    /// So many reports found no place.
    Lost {
        count: u64,
    },
    /// The guest cannot go on.
    Fault {
        reason: String,
        location: String,
    },
}

impl Report {
    /// Whether this has a place even when ordinary reports find none.
    pub(crate) const fn is_reserved(&self) -> bool {
        match self {
            Report::Event(event) => matches!(event.detail, Detail::Released { .. }),
            Report::Hello { .. } | Report::Ready { .. } => true,
            Report::Proof { .. } | Report::Lost { .. } | Report::Fault { .. } => true,
        }
    }

    /// The whole frame with its length.
    pub(crate) fn frame(&self, sequence: u64) -> Vec<u8> {
        let mut frame = alloc::vec![0; HEADER_BYTES];
        self.encode(sequence, &mut Encoder::new(&mut frame)).expect("a vector takes every byte");
        let length = ((frame.len() - HEADER_BYTES) as u32).to_be_bytes();
        frame[..HEADER_BYTES].copy_from_slice(&length);
        frame
    }

    fn encode<W: Write>(&self, sequence: u64, e: &mut Encoder<W>) -> Result<(), Error<W::Error>> {
        e.array(3)?.u64(sequence)?;
        match self {
            Report::Hello { image } => {
                e.str("hello")?.map(2)?.str("version")?.u64(VERSION)?.str("image")?.str(image)?;
            }
            Report::Ready { boot, born, ca, server, client, us } => {
                e.str("ready")?.map(6)?.str("boot")?.bytes(boot)?;
                e.str("authority")?.str(if *born { "born" } else { "given" })?;
                e.str("ca")?.bytes(ca)?.str("server")?.bytes(server)?.str("client")?.bytes(client)?;
                e.str("us")?.u64(*us)?;
            }
            Report::Event(event) => {
                e.str("event")?;
                event.encode(e)?;
            }
            Report::Proof { root, message, signature, key } => {
                e.str("proof")?.map(4)?.str("root")?.bytes(root)?.str("message")?.bytes(message)?;
                e.str("signature")?.bytes(signature)?.str("key")?.bytes(key)?;
            }
            Report::Lost { count } => {
                e.str("lost")?.map(1)?.str("count")?.u64(*count)?;
            }
            Report::Fault { reason, location } => fault(e, reason, location)?,
        }
        Ok(())
    }
}

fn fault<W: Write>(e: &mut Encoder<W>, reason: &str, location: &str) -> Result<(), Error<W::Error>> {
    e.str("fault")?.map(2)?.str("reason")?.str(cut(reason))?.str("location")?.str(cut(location))?;
    Ok(())
}

/// Writes a whole `fault` frame without allocating, for the panic handler. Returns its length; 0 if `out` is too small
/// (512 bytes always suffice).
pub fn fault_frame(sequence: u64, reason: &str, location: &str, out: &mut [u8]) -> usize {
    let Some((header, body)) = out.split_first_chunk_mut::<HEADER_BYTES>() else { return 0 };
    let mut encoder = Encoder::new(Cursor::new(body));
    let written =
        encoder.array(3).and_then(|e| e.u64(sequence)).map(|_| ()).and_then(|()| fault(&mut encoder, reason, location));
    let length = encoder.into_writer().position();
    match written {
        Ok(()) => {
            *header = (length as u32).to_be_bytes();
            HEADER_BYTES + length
        }
        Err(_) => 0,
    }
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(FAULT_TEXT_BYTES_MAX)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_needs_no_heap_and_says_the_same() {
        let report = Report::Fault { reason: String::from("panic"), location: String::from("main.rs:1:2") };
        let mut out = [0; 512];
        let length = fault_frame(70_000, "panic", "main.rs:1:2", &mut out);
        assert_eq!(out[..length], report.frame(70_000));
    }

    #[test]
    fn long_faults_are_cut_between_characters() {
        let long = "ñ".repeat(400);
        let mut out = [0; 512];
        assert!(fault_frame(u64::MAX, &long, &long, &mut out) > 400);
        assert_eq!(fault_frame(0, &long, &long, &mut [0; 300]), 0);
        assert_eq!(cut("añ").len(), 3);
        assert_eq!(cut(&("a".repeat(199) + "ñ")).len(), 199);
    }
}
