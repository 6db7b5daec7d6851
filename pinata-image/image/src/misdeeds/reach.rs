//! Tries to speak with anybody over the network but those who speak first.
use pinata_hal::cpu::time_stamp;

use crate::misdeeds::packet::{
    Address, Answer, BROADCAST, Path, answer, arp_claim, arp_request, datagram, echo_request, ipv6, lease_request, syn,
};
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
const EVERYBODY: Address = [255; 4];
const EVERYBODY_HERE: Address = [10, 0, 2, 255];
const ALL_HOSTS: Address = [224, 0, 0, 1];
const NAME_PORT: u16 = 53;
const FILE_PORT: u16 = 69;
/// "What is the address of a.b?" (RFC 1035)
const QUESTION: &[u8] = b"\0\x01\x01\0\0\x01\0\0\0\0\0\0\x01a\x01b\0\0\x01\0\x01";
const WAIT_TICKS: u64 = 1 << 30;

/// Asks everybody, waits for answers, and ends with what came.
pub fn commit(wire: &mut Wire, port: u16) -> ! {
    let path = Path { from_mac: wire.address(), to_mac: BROADCAST, from: OWN, to: HOST };
    send(wire, &arp_request(path));
    let (mut neighbours, mut opened, mut refused, mut datagrams, mut echoes) = (0, 0, 0, 0, 0);
    let start = time_stamp();
    while time_stamp().saturating_sub(start) < WAIT_TICKS {
        let Some(frame) = wire.receive() else { continue };
        let heard = answer(Wire::bytes(&frame));
        wire.recycle(frame);
        match heard {
            Answer::Arp(to_mac, HOST) => {
                neighbours += 1;
                ask(wire, Path { to_mac, ..path }, port);
                call(wire, path, port);
            }
            Answer::Tcp { open: true } => opened += 1,
            Answer::Tcp { open: false } | Answer::Udp { useful: false } => refused += 1,
            Answer::Udp { useful: true } => datagrams += 1,
            // The simulated neighbours themselves are inside the machine's own process.
            Answer::Echo(HOST | NAMES) | Answer::Lease | Answer::Arp(..) | Answer::Other => {}
            Answer::Echo(_) => echoes += 1,
        }
    }
    panic!("{neighbours} neighbours, {opened} connections, {refused} refusals, {datagrams} datagrams, {echoes} echoes")
}

/// Sends whatever there is to be sent, in the name of whoever there may be, until somebody ends it.
pub fn flood(wire: &mut Wire, port: u16) -> ! {
    let own = wire.address();
    for round in 0_u32.. {
        while let Some(frame) = wire.receive() {
            wire.recycle(frame);
        }
        let [_, a, b, c] = round.to_be_bytes();
        let path =
            Path { from_mac: [own[0], own[1], own[2], a, b, c], to_mac: BROADCAST, from: [10, a, b, c], to: HOST };
        ask(wire, path, port);
        call(wire, path, port);
    }
    unreachable!("somebody ends it")
}

/// Once to each, in our own name and in another's.
fn ask(wire: &mut Wire, path: Path, port: u16) {
    for from in [OWN, NEIGHBOUR, path.from] {
        for to in [HOST, NAMES, LOOPBACK, OUTSIDE] {
            let path = Path { from, to, ..path };
            send(wire, &syn(path, port));
            send(wire, &datagram(path, port, QUESTION));
            send(wire, &datagram(path, NAME_PORT, QUESTION));
            send(wire, &datagram(path, FILE_PORT, b"\0\x01/etc/passwd\0octet\0"));
            send(wire, &echo_request(path));
        }
    }
}

/// To all who listen; and says that every address is ours.
fn call(wire: &mut Wire, path: Path, port: u16) {
    for to in [EVERYBODY, EVERYBODY_HERE, ALL_HOSTS] {
        send(wire, &datagram(Path { to, ..path }, port, QUESTION));
        send(wire, &echo_request(Path { to, ..path }));
    }
    send(wire, &lease_request(Path { from: [0; 4], to: EVERYBODY, ..path }));
    for frame in ipv6(path.from_mac, port) {
        send(wire, &frame);
    }
    for claimed in [HOST, NAMES, NEIGHBOUR, LOOPBACK] {
        send(wire, &arp_claim(Path { from: claimed, to: OWN, ..path }));
    }
}

fn send(wire: &mut Wire, frame: &[u8]) {
    while !wire.can_send() {}
    wire.send(frame.len(), |buffer| buffer.copy_from_slice(frame));
}
