//! The serial port (16550, COM1), for the last words of a dying guest and nothing else.
use core::fmt;

use crate::cpu::{in_byte, out_byte};

const DATA: u16 = 0x3f8;
const LINE_STATUS: u16 = DATA + 5;
const TRANSMITTER_EMPTY: u8 = 1 << 5;
/// Reads of the status register per byte: a stalled port loses words, it does not keep the guest alive.
const WAIT_READS: usize = 1000;

/// Writes to the serial port.
pub struct LastWords;

impl fmt::Write for LastWords {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            (0..WAIT_READS).find(|_| in_byte(LINE_STATUS) & TRANSMITTER_EMPTY != 0);
            out_byte(DATA, byte);
        }
        Ok(())
    }
}
