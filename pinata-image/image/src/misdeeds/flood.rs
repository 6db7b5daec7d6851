//! Attacks on what is outside, over every device but the network.
use alloc::vec;
use alloc::vec::Vec;
use core::arch::asm;
use core::fmt::Write;
use core::hint::spin_loop;
use core::ptr::write_volatile;

use pinata_boot::misdeeds::device_memory;
use pinata_hal::cpu::time_stamp;
use pinata_hal::last_words::LastWords;
use pinata_hal::mmio;

use crate::channel;

/// A frame that says more than it is long.
const LONG_FRAME: [u8; 8] = [0xff; 8];
const DEVICE_SLOT_BYTES: usize = 0x200;
const QUEUE_NOTIFY: usize = 0x50;
const QUEUES: u32 = 6;
const PANIC_PORT: u16 = 0x505;
const LIES: usize = 64;
const CHAIN_BYTES: usize = 12 << 10;

/// Does it, if `name` is one of these. Those without an end of their own last until the supervisor ends them.
pub fn commit(name: &str) {
    match name {
        "flood the channel with garbage" => pour(&noise(1 << 16)),
        "announce a long frame" => pour(&LONG_FRAME),
        "flood the channel" => flood(),
        "flood the serial port" => loop {
            let _ = LastWords.write_str("All work and no play makes a guest a dull machine. ");
        },
        "write to every port" => loop {
            (0..=u16::MAX).rev().for_each(|port| out(port, 0xff));
        },
        // Panicked, and crashed but going on (QEMU docs/specs/pvpanic.rst).
        "panic and go on" => loop {
            out(PANIC_PORT, 1);
        },
        "crash and go on" => loop {
            out(PANIC_PORT, 2);
        },
        "lie in the rings" => lie(),
        "spin" => loop {
            spin_loop();
        },
        _ => {}
    }
}

fn pour(bytes: &[u8]) -> ! {
    loop {
        let mut rest = bytes;
        while !rest.is_empty() {
            let sent = channel::with(|channel| channel.send_raw(rest));
            rest = &rest[sent..];
        }
    }
}

/// Well-formed events in order, as large as they may be, as fast as they are taken.
fn flood() -> ! {
    for sequence in channel::with(|channel| channel.next_frame()).. {
        let mut rest = &certificate_event(sequence)[..];
        while !rest.is_empty() {
            let sent = channel::with(|channel| channel.send_raw(rest));
            rest = &rest[sent..];
        }
    }
    unreachable!("the numbers last for ever")
}

/// `[sequence, "event", {us, kind: "certificate", chain: [bytes], sha256, count}]` with its length before it.
fn certificate_event(sequence: u64) -> Vec<u8> {
    let mut frame = vec![0; 4];
    frame.push(0x83);
    match sequence {
        0..24 => frame.push(sequence as u8),
        24..0x100 => frame.extend([0x18, sequence as u8]),
        0x100..0x1_0000 => frame.extend_from_slice(&[&[0x19], &(sequence as u16).to_be_bytes()[..]].concat()),
        _ => frame.extend_from_slice(&[&[0x1a], &(sequence as u32).to_be_bytes()[..]].concat()),
    }
    frame.extend_from_slice(b"\x65event\xa5\x62us\x01\x64kind\x6bcertificate\x65chain\x81\x59");
    frame.extend_from_slice(&(CHAIN_BYTES as u16).to_be_bytes());
    frame.resize(frame.len() + CHAIN_BYTES, 0x30);
    frame.extend_from_slice(b"\x66sha256\x58\x20");
    frame.resize(frame.len() + 32, 0x11);
    frame.extend_from_slice(b"\x65count\x01");
    let length = frame.len() as u32 - 4;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    frame
}

/// Writes noise over everything that devices read, rings included, and tells each of them to look; again and again.
#[expect(unsafe_code, reason = "the misdeed itself")]
fn lie() -> ! {
    let memory = device_memory();
    for _ in 0..LIES {
        for (at, byte) in memory.clone().zip(noise(memory.len())) {
            // SAFETY: none; whoever uses this memory is lied to.
            unsafe { write_volatile(at as *mut u8, byte) };
        }
        for slot in mmio::REGION.step_by(DEVICE_SLOT_BYTES) {
            for queue in 0..QUEUES {
                // SAFETY: a device's register.
                unsafe { write_volatile((slot + QUEUE_NOTIFY) as *mut u32, queue) };
            }
        }
    }
    panic!("the rings are full of lies")
}

#[expect(unsafe_code, reason = "the misdeed itself")]
fn out(port: u16, value: u8) {
    // SAFETY: none; the hypervisor has to bear it.
    unsafe { asm!("out dx, al", in("dx") port, in("al") value, options(nomem, nostack, preserves_flags)) }
}

/// Bytes of no meaning (xorshift64, from the time).
fn noise(length: usize) -> Vec<u8> {
    let mut state = time_stamp() | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}
