//! Just enough of Ethernet, ARP, IPv4, TCP and UDP to ask for what there is.
use alloc::vec::Vec;

pub type Address = [u8; 4];
pub type Mac = [u8; 6];

pub const BROADCAST: Mac = [0xff; 6];
const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ECHO_REPLY: u8 = 0;
/// The server's port of DHCP, and its client's (RFC 2131).
const LEASES: u8 = 67;
const LEASE_CLIENT: u16 = 68;
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
    /// To an ICMP echo request, from this address.
    Echo(Address),
    /// Of a DHCP server.
    Lease,
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

/// "I have `path.from`", which nobody asked (RFC 826).
pub fn arp_claim(path: Path) -> Vec<u8> {
    let claim = [&[0, 1, 8, 0, 6, 4, 0, 2], &path.from_mac[..], &path.from, &path.to_mac, &path.to].concat();
    [&path.to_mac[..], &path.from_mac, &[8, 6], &claim].concat()
}

/// ICMP echo request (RFC 792).
pub fn echo_request(path: Path) -> Vec<u8> {
    let mut message = [8, 0, 0, 0, 0, 1, 0, 1, b'p', b'i', b'n', b'g'];
    let sum = checksum(&message);
    message[2..4].copy_from_slice(&sum);
    ipv4(path, ICMP, &message)
}

/// "Give me an address": DHCPDISCOVER (RFC 2131).
pub fn lease_request(path: Path) -> Vec<u8> {
    let mut message = [0; 244];
    message[..4].copy_from_slice(&[1, 1, 6, 0]);
    message[28..34].copy_from_slice(&path.from_mac);
    message[236..].copy_from_slice(&[0x63, 0x82, 0x53, 0x63, 53, 1, 1, 0xff]);
    let length = (message.len() as u16 + 8).to_be_bytes();
    let ports = [LEASE_CLIENT.to_be_bytes(), u16::from(LEASES).to_be_bytes()].concat();
    ipv4(path, UDP, &[&ports, &length[..], &[0, 0], &message].concat())
}

/// A message to all IPv6 routers (RFC 4861), and a datagram to a port of the link's every node.
pub fn ipv6(from_mac: Mac, port: u16) -> [Vec<u8>; 2] {
    let frame = |next: u8, to: u8, payload: &[u8]| {
        let length = (payload.len() as u16).to_be_bytes();
        let group = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, to];
        let own = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 15];
        let header = [&[0x60, 0, 0, 0], &length[..], &[next, 0xff], &own, &group].concat();
        let pseudo = [&own[..], &group, &[0, 0], &length, &[0, 0, 0, next], payload].concat();
        let [high, low] = checksum(&pseudo);
        let mut payload = payload.to_vec();
        let at = if next == UDP { 6 } else { 2 };
        payload[at..at + 2].copy_from_slice(&[high, low]);
        [&[0x33, 0x33, 0, 0, 0, to], &from_mac[..], &[0x86, 0xdd], &header, &payload].concat()
    };
    let [high, low] = port.to_be_bytes();
    [
        frame(58, 2, &[133, 0, 0, 0, 0, 0, 0, 0]),
        frame(UDP, 1, &[0xc0, 0, high, low, 0, 12, 0, 0, b'p', b'i', b'n', b'g']),
    ]
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
            ICMP if field(34) == ECHO_REPLY => Answer::Echo(core::array::from_fn(|i| field(26 + i))),
            UDP if field(35) == LEASES => Answer::Lease,
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
