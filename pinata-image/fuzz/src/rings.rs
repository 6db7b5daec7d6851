//! The drivers of the network, entropy and serial devices against a device that does as it likes.

use crate::support::deaths::survive;
use crate::support::device::Device;
use crate::support::guarded::GuardedMemory;
use crate::support::input::Input;
use pinata_hal::entropy_source::EntropySource;
use pinata_hal::nic::{FRAME_MAX, Frame, Nic};
use pinata_hal::port::Port;
use std::collections::VecDeque;
use virtio_drivers::transport::DeviceType;

const STEPS_MAX: usize = 400;
const NIC_RECEIVE: u16 = 0;
const NIC_TRANSMIT: u16 = 1;
const NIC_HEADER_BYTES: usize = 12;
const ENTROPY_REQUEST: u16 = 0;
const CONTROL_RECEIVE: u16 = 2;
const CONTROL_TRANSMIT: u16 = 3;
const PORT_RECEIVE: u16 = 4;
const PORT_TRANSMIT: u16 = 5;
/// More than the serial port's transmit buffers hold together.
const PORT_SEND_MAX: usize = 40_000;
const PORT_ADD: [u8; 8] = [1, 0, 0, 0, 1, 0, 1, 0];
const SEED_BYTES: usize = 32;

/// Oracles: a driver neither reads nor writes outside of the memory that it shares, whose ends are guarded; it panics in the
/// documented ways only, and not at all where the device was honest; what an honest device brings and takes is what the
/// driver hands out and was given, in order.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    GuardedMemory::reset();
    let kind = input.byte() % 3;
    let device = match kind {
        0 => Device::new(DeviceType::Network, &[2, 0, 0, 0, 0, 1]),
        1 => Device::new(DeviceType::EntropySource, &[]),
        _ => Device::new(DeviceType::Console, &[0; 12]),
    };
    if input.flag() {
        let (features, size, withheld) = (input.long(), u32::from(input.short()), u32::from(input.byte()));
        device.disappoint(features, size, withheld, input.take(6));
    }
    let died = survive(|| match kind {
        0 => network(&mut input, &device),
        1 => entropy(&mut input, &device),
        _ => serial(&mut input, &device),
    });
    if let Some(reason) = died {
        assert!(device.has_lied(), "an honest device ended the guest: {reason}");
    }
}

/// Something that no real device does. Queues are those that the drivers use, and one more.
fn lie(input: &mut Input<'_>, device: &Device) {
    device.lie();
    let queue = u16::from(input.byte() % 7);
    match input.byte() % 8 {
        0 | 1 => device.finish(queue, u32::from(input.byte()), u32::from(input.short())),
        2 => device.finish(queue, input.long() as u32, input.long() as u32),
        3 => device.set_used(queue, true, u16::from(input.byte())),
        4 => device.set_used(queue, true, input.short()),
        5 => device.set_used(queue, false, input.short()),
        _ => {
            let (piece, at) = (usize::from(input.byte()), usize::from(input.short()));
            let length = usize::from(input.byte());
            device.scribble(piece, at, input.take(length));
        }
    }
}

fn network(input: &mut Input<'_>, device: &Device) {
    let mut nic: Nic<GuardedMemory, Device> = Nic::new(device.clone());
    let mut held: Vec<Frame> = Vec::new();
    let (mut coming, mut going) = (VecDeque::new(), VecDeque::new());
    for _ in 0..STEPS_MAX {
        if input.is_empty() {
            break;
        }
        match input.byte() % 8 {
            0 => lie(input, device),
            1 => {
                let frame = vec![input.byte(); NIC_HEADER_BYTES + input.below(2 * FRAME_MAX)];
                if let Some(written) = device.write(NIC_RECEIVE, &frame) {
                    // Not even a header fits into a buffer whose length a lie has cut.
                    coming.push_back(frame.get(NIC_HEADER_BYTES..written).unwrap_or_default().to_vec());
                }
            }
            2 | 3 => {
                if let Some(frame) = nic.receive() {
                    let expected = coming.pop_front();
                    assert!(device.has_lied() || expected.is_some_and(|expected| expected == frame.bytes()));
                    held.push(frame);
                }
            }
            4 => {
                if let Some(frame) = held.pop() {
                    nic.recycle(frame);
                }
            }
            5 => {
                if nic.can_send() {
                    let (length, fill) = (input.below(FRAME_MAX + 1), input.byte());
                    nic.send(length, |frame| frame.fill(fill));
                    going.push_back([&[0; NIC_HEADER_BYTES][..], &vec![fill; length]].concat());
                }
            }
            6 => {
                let taken = device.read(NIC_TRANSMIT);
                assert!(device.has_lied() || taken == going.pop_front());
            }
            _ => {
                nic.prepare_sleep();
            }
        }
    }
}

fn entropy(input: &mut Input<'_>, device: &Device) {
    let mut source: EntropySource<GuardedMemory, Device> = EntropySource::new(device.clone());
    let mut is_there = false;
    for _ in 0..STEPS_MAX {
        if input.is_empty() {
            break;
        }
        match input.byte() % 4 {
            0 => lie(input, device),
            1 => {
                let seed: [u8; SEED_BYTES] = input.array();
                if seed.iter().all(|byte| *byte == seed[0]) {
                    device.lie();
                }
                is_there |= device.write(ENTROPY_REQUEST, &seed).is_some();
            }
            2 => source.request(),
            _ => {
                let seed = source.take_seed();
                assert!(device.has_lied() || seed.is_some() == is_there);
                is_there = false;
            }
        }
    }
}

fn serial(input: &mut Input<'_>, device: &Device) {
    let mut port: Port<GuardedMemory, Device> = Port::new(device.clone());
    let (mut coming, mut going): (VecDeque<u8>, VecDeque<u8>) = Default::default();
    let mut is_added = false;
    for _ in 0..STEPS_MAX {
        if input.is_empty() {
            break;
        }
        match input.byte() % 9 {
            0 => lie(input, device),
            1 => {
                // A port is added once; answers to many have no room.
                if std::mem::replace(&mut is_added, true) {
                    device.lie();
                }
                device.write(CONTROL_RECEIVE, &PORT_ADD);
            }
            2 => {
                // Any control message: taking the port away is one that ends the guest.
                let length = usize::from(input.byte());
                device.lie();
                device.write(CONTROL_RECEIVE, input.take(length));
            }
            3 => {
                let bytes = vec![input.byte(); input.below(PORT_SEND_MAX)];
                if let Some(written) = device.write(PORT_RECEIVE, &bytes) {
                    coming.extend(&bytes[..written]);
                }
            }
            4 => {
                let mut out = vec![0; input.below(PORT_SEND_MAX)];
                let got = port.receive(&mut out);
                // An honest device takes control messages as they come.
                while !device.has_lied() && device.read(CONTROL_TRANSMIT).is_some() {}
                assert!(device.has_lied() || coming.drain(..got).eq(out[..got].iter().copied()));
            }
            5 => {
                let bytes = vec![input.byte(); input.below(PORT_SEND_MAX)];
                let sent = port.send(&bytes);
                while !device.has_lied() && device.read(CONTROL_TRANSMIT).is_some() {}
                going.extend(&bytes[..sent]);
            }
            6 => {
                if let Some(taken) = device.read(PORT_TRANSMIT) {
                    assert!(device.has_lied() || going.drain(..taken.len()).eq(taken));
                }
            }
            7 => {
                port.prepare_sleep(input.flag());
            }
            _ => {
                assert!(!port.is_drained() || going.is_empty() || device.has_lied());
            }
        }
    }
}
