//! The one virtio-serial port (virtio 1.2 §5.3): a byte stream to the supervisor, non-blocking both ways.
//!
//! The multiport protocol is worth its cost: QEMU throttles a `virtserialport` whose host side stalls, where a
//! `virtconsole` silently drops bytes.
use alloc::vec::Vec;

use virtio_drivers::transport::Transport;
use virtio_drivers::{BufferDirection, Hal};

use crate::dma::DmaBuffer;
use crate::features::{Features, negotiate};
use crate::port_control::{MESSAGE_BYTES, Message};
use crate::ring::Ring;

/// Port 0 takes queues 0 and 1, control 2 and 3, port n the queues 2n + 2 and 2n + 3.
const CONTROL_RECEIVE: u16 = 2;
const CONTROL_TRANSMIT: u16 = 3;
const RECEIVE: u16 = 4;
const TRANSMIT: u16 = 5;
const RING: usize = 8;
const CONTROL_RING: usize = 16;
const BUFFER_BYTES: usize = 4096;
/// A control message and the longest port name that is sent with one.
const CONTROL_BYTES: usize = 128;

/// The port and its buffers.
pub struct Port<H: Hal, T: Transport> {
    transport: T,
    control_receive: Ring<H, CONTROL_RING>,
    control_transmit: Ring<H, CONTROL_RING>,
    control_free: Vec<DmaBuffer>,
    receive: Ring<H, RING>,
    transmit: Ring<H, RING>,
    free: Vec<DmaBuffer>,
    /// The buffer being read, its length and how much of it has been handed out.
    reading: Option<(DmaBuffer, usize, usize)>,
}

impl<H: Hal, T: Transport> Port<H, T> {
    /// Starts the device and asks it for its port.
    pub fn new(mut transport: T) -> Self {
        negotiate(&mut transport, Features::VERSION_1 | Features::CONSOLE_MULTIPORT);
        let mut control_receive = Ring::new(&mut transport, CONTROL_RECEIVE, BufferDirection::DeviceToDriver);
        let mut control_transmit = Ring::new(&mut transport, CONTROL_TRANSMIT, BufferDirection::DriverToDevice);
        let mut receive = Ring::new(&mut transport, RECEIVE, BufferDirection::DeviceToDriver);
        let mut transmit = Ring::new(&mut transport, TRANSMIT, BufferDirection::DriverToDevice);
        control_transmit.interrupt(false);
        transmit.interrupt(false);
        for buffer in DmaBuffer::allocate::<H>(CONTROL_RING, CONTROL_BYTES) {
            control_receive.lend(buffer, CONTROL_BYTES);
        }
        for buffer in DmaBuffer::allocate::<H>(RING, BUFFER_BYTES) {
            receive.lend(buffer, BUFFER_BYTES);
        }
        let control_free = DmaBuffer::allocate::<H>(CONTROL_RING, CONTROL_BYTES).collect();
        let free = DmaBuffer::allocate::<H>(RING, BUFFER_BYTES).collect();
        transport.finish_init();
        control_receive.notify(&mut transport);
        receive.notify(&mut transport);
        let mut port =
            Port { transport, control_receive, control_transmit, control_free, receive, transmit, free, reading: None };
        port.control(Message::READY);
        port
    }

    /// Reads what has arrived into the front of `out`; 0 when nothing has. What was handed out is zeroed: it may be
    /// secret.
    pub fn receive(&mut self, out: &mut [u8]) -> usize {
        self.answer_control();
        let mut done = 0;
        while done < out.len() {
            let Some((mut buffer, length, start)) = self.next_to_read() else { break };
            let count = (length - start).min(out.len() - done);
            out[done..done + count].copy_from_slice(&buffer[start..start + count]);
            buffer[start..start + count].fill(0);
            done += count;
            if start + count < length {
                self.reading = Some((buffer, length, start + count));
            } else {
                self.receive.lend(buffer, BUFFER_BYTES);
                self.receive.notify(&mut self.transport);
            }
        }
        done
    }

    fn next_to_read(&mut self) -> Option<(DmaBuffer, usize, usize)> {
        self.reading.take().or_else(|| self.receive.take_back().map(|(buffer, length)| (buffer, length, 0)))
    }

    /// Sends as much of `bytes` as there is room for, and says how much. A host that does not read makes this 0; it
    /// never waits.
    pub fn send(&mut self, bytes: &[u8]) -> usize {
        self.answer_control();
        self.reclaim();
        let mut done = 0;
        while done < bytes.len() {
            let Some(mut buffer) = self.free.pop() else { break };
            let count = (bytes.len() - done).min(BUFFER_BYTES);
            buffer[..count].copy_from_slice(&bytes[done..done + count]);
            self.transmit.lend(buffer, count);
            done += count;
        }
        if done > 0 {
            self.transmit.notify(&mut self.transport);
        }
        done
    }

    /// Whether the host has taken everything that was sent.
    pub fn is_drained(&mut self) -> bool {
        self.reclaim();
        self.free.len() == RING
    }

    /// As for the network device. `waiting` says that there are bytes for which `send` had no room.
    pub fn prepare_sleep(&mut self, waiting: bool) -> bool {
        self.transport.ack_interrupt();
        self.transmit.interrupt(waiting);
        self.reading.is_some()
            || self.receive.has_returned()
            || self.control_receive.has_returned()
            || (waiting && self.transmit.has_returned())
    }

    fn reclaim(&mut self) {
        while let Some((buffer, _)) = self.transmit.take_back() {
            self.free.push(buffer);
        }
    }

    fn answer_control(&mut self) {
        while let Some((buffer, length)) = self.control_receive.take_back() {
            let message = Message::parse(&buffer[..length]);
            self.control_receive.lend(buffer, CONTROL_BYTES);
            self.control_receive.notify(&mut self.transport);
            let answers = message.map_or(&[][..], Message::answers);
            for answer in answers {
                self.control(*answer);
            }
            if !answers.is_empty() {
                // QEMU looks at the host's side again only when told of buffers after the port is open. Without this,
                // what the host wrote earlier waits for QEMU's next timer: half a second.
                self.transport.notify(RECEIVE);
            }
        }
    }

    fn control(&mut self, message: Message) {
        while let Some((buffer, _)) = self.control_transmit.take_back() {
            self.control_free.push(buffer);
        }
        let mut buffer = self.control_free.pop().expect("the device takes control messages");
        buffer[..MESSAGE_BYTES].copy_from_slice(&message.bytes());
        self.control_transmit.lend(buffer, MESSAGE_BYTES);
        self.control_transmit.notify(&mut self.transport);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake_device::{FakeDevice, HostMemory};
    use virtio_drivers::transport::DeviceType;

    const PORT_ADD: [u8; 8] = [1, 0, 0, 0, 1, 0, 1, 0];

    fn port() -> (Port<HostMemory, FakeDevice>, FakeDevice) {
        let device = FakeDevice::new(DeviceType::Console, &[]);
        (Port::new(device.clone()), device)
    }

    #[test]
    fn opens_its_port_when_the_device_adds_it() {
        let (mut port, device) = port();
        assert_eq!(device.read(CONTROL_TRANSMIT).expect("device ready"), [0, 0, 0, 0, 0, 0, 1, 0]);
        device.write(CONTROL_RECEIVE, &PORT_ADD);
        assert_eq!(port.receive(&mut [0; 8]), 0);
        assert_eq!(device.read(CONTROL_TRANSMIT).expect("port ready"), [1, 0, 0, 0, 3, 0, 1, 0]);
        assert_eq!(device.read(CONTROL_TRANSMIT).expect("port open"), [1, 0, 0, 0, 6, 0, 1, 0]);
    }

    #[test]
    fn reads_in_pieces_and_keeps_the_order() {
        let (mut port, device) = port();
        device.write(RECEIVE, b"hello ");
        device.write(RECEIVE, b"world");
        let mut out = [0; 4];
        assert_eq!(port.receive(&mut out), 4);
        assert_eq!(&out, b"hell");
        assert!(port.prepare_sleep(false));
        let mut out = [0; 16];
        assert_eq!(port.receive(&mut out), 7);
        assert_eq!(&out[..7], b"o world");
        assert!(!port.prepare_sleep(false));
    }

    #[test]
    fn a_stalled_host_makes_send_return_zero_and_never_wait() {
        let (mut port, device) = port();
        let bytes = [7; BUFFER_BYTES * RING + 100];
        assert_eq!(port.send(&bytes), BUFFER_BYTES * RING);
        assert_eq!(port.send(&bytes), 0);
        assert!(!port.is_drained());
        assert!(!port.prepare_sleep(true));
        assert_eq!(device.read(TRANSMIT).expect("sent").len(), BUFFER_BYTES);
        assert!(port.prepare_sleep(true));
        assert_eq!(port.send(&bytes), BUFFER_BYTES);
        while device.read(TRANSMIT).is_some() {}
        assert!(port.is_drained());
    }
}
