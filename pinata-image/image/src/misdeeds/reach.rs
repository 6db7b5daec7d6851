//! Tries to speak with anybody over the network but those who speak first.
use pinata_hal::cpu::time_stamp;

use crate::misdeeds::packet::{Address, Answer, BROADCAST, Path, answer, arp_request, datagram, syn};
use crate::wire::Wire;
use pinata_net::Link;

const OWN: Address = [10, 0, 2, 15];
const NEIGHBOUR: Address = [10, 0, 2, 99];
/// QEMU's user network: the host, and its name server.
const HOST: Address = [10, 0, 2, 2];
const NAMES: Address = [10, 0, 2, 3];
const LOOPBACK: Address = [127, 0, 0, 1];
/// TEST-NET-1 (RFC 5737) for the rest of the world.
const OUTSIDE: Address = [192, 0, 2, 1];
const NAME_PORT: u16 = 53;
const FILE_PORT: u16 = 69;
/// "What is the address of a.b?" (RFC 1035)
const QUESTION: &[u8] = b"\0\x01\x01\0\0\x01\0\0\0\0\0\0\x01a\x01b\0\0\x01\0\x01";
const WAIT_TICKS: u64 = 1 << 30;

/// Asks everybody, waits for answers, and ends with what came.
pub fn commit(wire: &mut Wire, port: u16) -> ! {
    let path = Path { from_mac: wire.address(), to_mac: BROADCAST, from: OWN, to: HOST };
    send(wire, &arp_request(path));
    let (mut neighbours, mut opened, mut refused, mut datagrams) = (0, 0, 0, 0);
    let start = time_stamp();
    while time_stamp().saturating_sub(start) < WAIT_TICKS {
        let Some(frame) = wire.receive() else { continue };
        let heard = answer(Wire::bytes(&frame));
        wire.recycle(frame);
        match heard {
            Answer::Arp(to_mac, HOST) => {
                neighbours += 1;
                ask(wire, Path { to_mac, ..path }, port);
            }
            Answer::Tcp { open: true } => opened += 1,
            Answer::Tcp { open: false } | Answer::Udp { useful: false } => refused += 1,
            Answer::Udp { useful: true } => datagrams += 1,
            Answer::Arp(..) | Answer::Other => {}
        }
    }
    panic!("{neighbours} neighbours, {opened} connections, {refused} refusals, {datagrams} datagrams")
}

/// Once to each, in our own name and in another's.
fn ask(wire: &mut Wire, path: Path, port: u16) {
    for from in [OWN, NEIGHBOUR] {
        for to in [HOST, NAMES, LOOPBACK, OUTSIDE] {
            let path = Path { from, to, ..path };
            send(wire, &syn(path, port));
            send(wire, &datagram(path, port, QUESTION));
            send(wire, &datagram(path, NAME_PORT, QUESTION));
            send(wire, &datagram(path, FILE_PORT, b"\0\x01/etc/passwd\0octet\0"));
        }
    }
}

fn send(wire: &mut Wire, frame: &[u8]) {
    while !wire.can_send() {}
    wire.send(frame.len(), |buffer| buffer.copy_from_slice(frame));
}
