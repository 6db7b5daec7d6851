//! Just enough of Ethernet, ARP, IPv4, TCP and UDP to ask for what there is.
use alloc::vec::Vec;

pub type Address = [u8; 4];
pub type Mac = [u8; 6];

pub const BROADCAST: Mac = [0xff; 6];
const TCP: u8 = 6;
const UDP: u8 = 17;
const SYN: u8 = 2;
/// From port 69, operation 5.
const FILE_ERROR: [u8; 4] = [0, 69, 0, 5];

/// Who sends a frame, and to whom.
#[derive(Clone, Copy)]
pub struct Path {
    pub from_mac: Mac,
    pub to_mac: Mac,
    pub from: Address,
    pub to: Address,
}

/// What came back.
pub enum Answer {
    Arp(Mac, Address),
    /// To a SYN: whether somebody listens.
    Tcp {
        open: bool,
    },
    /// Whether it is more than the error of a file server (RFC 1350).
    Udp {
        useful: bool,
    },
    Other,
}

/// "Who has `path.to`?" (RFC 826)
pub fn arp_request(path: Path) -> Vec<u8> {
    let asked = [&[0, 1, 8, 0, 6, 4, 0, 1], &path.from_mac[..], &path.from, &[0; 6], &path.to].concat();
    [&BROADCAST[..], &path.from_mac, &[8, 6], &asked].concat()
}

/// The first segment of a connection (RFC 9293).
pub fn syn(path: Path, port: u16) -> Vec<u8> {
    let [high, low] = port.to_be_bytes();
    let mut segment = [0xc0, 0, high, low, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, SYN, 0x20, 0, 0, 0, 0, 0];
    let sum = transport_checksum(path, TCP, &segment);
    segment[16..18].copy_from_slice(&sum);
    ipv4(path, TCP, &segment)
}

/// A datagram (RFC 768), with no checksum.
pub fn datagram(path: Path, port: u16, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u16 + 8).to_be_bytes();
    ipv4(path, UDP, &[&[0xc0, 0], &port.to_be_bytes()[..], &length, &[0, 0], payload].concat())
}

/// Reads what matters of a frame.
pub fn answer(frame: &[u8]) -> Answer {
    let field = |at: usize| frame.get(at).copied().unwrap_or(0);
    match (field(12), field(13)) {
        (8, 6) if field(21) == 2 => {
            Answer::Arp(core::array::from_fn(|i| field(22 + i)), core::array::from_fn(|i| field(28 + i)))
        }
        (8, 0) => match field(23) {
            TCP => Answer::Tcp { open: field(47) & SYN != 0 },
            UDP => Answer::Udp { useful: [field(34), field(35), field(42), field(43)] != FILE_ERROR },
            _ => Answer::Other,
        },
        _ => Answer::Other,
    }
}

fn ipv4(path: Path, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let [high, low] = (payload.len() as u16 + 20).to_be_bytes();
    let mut header = [&[0x45, 0, high, low, 0, 1, 0, 0, 64, protocol, 0, 0], &path.from[..], &path.to].concat();
    let sum = checksum(&header);
    header[10..12].copy_from_slice(&sum);
    [&path.to_mac[..], &path.from_mac, &[8, 0], &header, payload].concat()
}

fn transport_checksum(path: Path, protocol: u8, segment: &[u8]) -> [u8; 2] {
    let length = (segment.len() as u16).to_be_bytes();
    checksum(&[&path.from[..], &path.to, &[0, protocol], &length, segment].concat())
}

/// RFC 1071, of an even number of bytes.
fn checksum(bytes: &[u8]) -> [u8; 2] {
    let sum: u32 = bytes.chunks_exact(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    (!(folded + (folded >> 16)) as u16).to_be_bytes()
}
