//! Virtio network device (virtio 1.2 §5.1): whole Ethernet frames, no offloads, never waits.
use alloc::vec::Vec;

use virtio_drivers::transport::Transport;
use virtio_drivers::{BufferDirection, Hal};

use crate::dma::DmaBuffer;
use crate::features::{Features, negotiate};
use crate::ring::Ring;

const RECEIVE: u16 = 0;
const TRANSMIT: u16 = 1;
const RING: usize = 128;
const BUFFER_BYTES: usize = 2048;
/// `virtio_net_hdr` with `num_buffers` (§5.1.6); all zero without offloads.
const HEADER_BYTES: usize = 12;
/// Largest frame without its check sequence: header 14, payload 1500.
pub const FRAME_MAX: usize = 1514;

/// A network device with its buffers.
pub struct Nic<H: Hal, T: Transport> {
    transport: T,
    receive: Ring<H, RING>,
    transmit: Ring<H, RING>,
    free: Vec<DmaBuffer>,
    address: [u8; 6],
}

/// A frame that arrived. Goes back by [`Nic::recycle`].
pub struct Frame {
    buffer: DmaBuffer,
    length: usize,
}

impl Frame {
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[HEADER_BYTES..self.length]
    }
}

impl<H: Hal, T: Transport> Nic<H, T> {
    /// Starts the device.
    pub fn new(mut transport: T) -> Self {
        negotiate(&mut transport, Features::VERSION_1 | Features::NET_MAC);
        let address = core::array::from_fn(|byte| transport.read_config_space(byte).expect("network address"));
        let mut receive = Ring::new(&mut transport, RECEIVE, BufferDirection::DeviceToDriver);
        let mut transmit = Ring::new(&mut transport, TRANSMIT, BufferDirection::DriverToDevice);
        transmit.interrupt(false);
        for buffer in DmaBuffer::allocate::<H>(RING, BUFFER_BYTES) {
            receive.lend(buffer, BUFFER_BYTES);
        }
        let free = DmaBuffer::allocate::<H>(RING, BUFFER_BYTES).collect();
        transport.finish_init();
        receive.notify(&mut transport);
        Nic { transport, receive, transmit, free, address }
    }

    /// The device's Ethernet address.
    pub fn address(&self) -> [u8; 6] {
        self.address
    }

    /// The next frame, if one has arrived.
    pub fn receive(&mut self) -> Option<Frame> {
        let (buffer, length) = self.receive.take_back()?;
        assert!(length >= HEADER_BYTES, "a frame without its header");
        Some(Frame { buffer, length })
    }

    /// Returns a frame's buffer to the device.
    pub fn recycle(&mut self, frame: Frame) {
        let length = frame.buffer.len();
        self.receive.lend(frame.buffer, length);
        self.receive.notify(&mut self.transport);
    }

    /// Whether [`Self::send`] has a buffer.
    pub fn can_send(&mut self) -> bool {
        while let Some((buffer, _)) = self.transmit.take_back() {
            self.free.push(buffer);
        }
        !self.free.is_empty()
    }

    /// Sends a frame of `length` bytes (at most [`FRAME_MAX`]) that `fill` writes. Panics unless [`Self::can_send`].
    pub fn send<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> R {
        assert!(length <= FRAME_MAX, "frame of {length} bytes");
        let mut buffer = self.free.pop().expect("asked whether there is room");
        buffer[..HEADER_BYTES].fill(0);
        let result = fill(&mut buffer[HEADER_BYTES..HEADER_BYTES + length]);
        self.transmit.lend(buffer, HEADER_BYTES + length);
        self.transmit.notify(&mut self.transport);
        result
    }

    /// Acknowledges interrupts so that the next event makes a new one. True when there is something to do: then do not
    /// sleep.
    pub fn prepare_sleep(&mut self) -> bool {
        self.transport.ack_interrupt();
        let full = self.free.is_empty();
        self.transmit.interrupt(full);
        self.receive.has_returned() || (full && self.transmit.has_returned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake_device::{FakeDevice, HostMemory};
    use virtio_drivers::transport::DeviceType;

    fn nic() -> (Nic<HostMemory, FakeDevice>, FakeDevice) {
        let device = FakeDevice::new(DeviceType::Network, &[0x52, 0x54, 0, 1, 2, 3]);
        (Nic::new(device.clone()), device)
    }

    #[test]
    fn reads_its_address() {
        assert_eq!(nic().0.address(), [0x52, 0x54, 0, 1, 2, 3]);
    }

    #[test]
    fn receives_what_the_device_wrote_without_the_header() {
        let (mut nic, device) = nic();
        assert!(nic.receive().is_none());
        device.write(RECEIVE, &[&[0; HEADER_BYTES][..], b"frame"].concat());
        let frame = nic.receive().expect("a frame");
        assert_eq!(frame.bytes(), b"frame");
        nic.recycle(frame);
        assert!(nic.receive().is_none());
    }

    #[test]
    fn receives_more_frames_than_the_ring_has_places() {
        let (mut nic, device) = nic();
        for number in 0..3 * RING {
            device.write(RECEIVE, &[&[0; HEADER_BYTES][..], &number.to_be_bytes()].concat());
            let frame = nic.receive().expect("a frame");
            assert_eq!(frame.bytes(), number.to_be_bytes());
            nic.recycle(frame);
        }
    }

    #[test]
    fn sends_with_a_zero_header_and_runs_out_until_the_device_takes_frames() {
        let (mut nic, device) = nic();
        for _ in 0..RING {
            assert!(nic.can_send());
            nic.send(4, |frame| frame.copy_from_slice(b"ping"));
        }
        assert!(!nic.can_send());
        assert!(!nic.prepare_sleep());
        assert_eq!(device.read(TRANSMIT).expect("a sent frame"), [&[0; HEADER_BYTES][..], b"ping"].concat());
        assert!(nic.prepare_sleep());
        assert!(nic.can_send());
    }

    #[test]
    #[should_panic(expected = "wrote past its buffer")]
    fn a_length_beyond_the_buffer_ends_the_guest() {
        let (mut nic, device) = nic();
        device.lie_about_length(RECEIVE, 1 << 20);
        nic.receive();
    }

    #[test]
    #[should_panic(expected = "a buffer that the device had")]
    fn a_buffer_that_was_not_lent_ends_the_guest() {
        let (mut nic, device) = nic();
        device.lie_about_token(TRANSMIT, 7);
        nic.can_send();
    }
}
