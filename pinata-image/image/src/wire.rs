//! The virtio network device as the network stack wants it.
use pinata_hal::dma::GuestMemory;
use pinata_hal::mmio::Registers;
use pinata_hal::nic::{Frame, Nic};
use pinata_net::Link;

/// The guest's one network device.
pub struct Wire(pub Nic<GuestMemory, Registers>);

impl Link for Wire {
    type Frame = Frame;

    fn address(&self) -> [u8; 6] {
        self.0.address()
    }
    fn receive(&mut self) -> Option<Frame> {
        self.0.receive()
    }
    fn bytes(frame: &Frame) -> &[u8] {
        frame.bytes()
    }
    fn recycle(&mut self, frame: Frame) {
        self.0.recycle(frame);
    }
    fn can_send(&mut self) -> bool {
        self.0.can_send()
    }
    fn send<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> R {
        self.0.send(length, fill)
    }
}
