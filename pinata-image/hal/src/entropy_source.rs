//! Virtio entropy device (virtio 1.2 §5.4), mixed with the processor's own generator.
use virtio_drivers::transport::Transport;
use virtio_drivers::{BufferDirection, Hal};

use crate::cpu;
use crate::dma::DmaBuffer;
use crate::features::{Features, negotiate};
use crate::ring::Ring;

const REQUEST: u16 = 0;
const SEED_BYTES: usize = 32;
const BUFFER_BYTES: usize = 64;
/// Looks at the ring before giving up. Under emulation one look takes about 10 ns, so this is some seconds.
const LOOKS: usize = 500_000_000;

/// The entropy device with its one buffer.
pub struct EntropySource<H: Hal, T: Transport> {
    transport: T,
    ring: Ring<H, 2>,
    buffer: Option<DmaBuffer>,
}

impl<H: Hal, T: Transport> EntropySource<H, T> {
    /// Starts the device.
    pub fn new(mut transport: T) -> Self {
        negotiate(&mut transport, Features::VERSION_1);
        let mut ring = Ring::new(&mut transport, REQUEST, BufferDirection::DeviceToDriver);
        ring.interrupt(false);
        transport.finish_init();
        EntropySource { transport, ring, buffer: DmaBuffer::allocate::<H>(1, BUFFER_BYTES).next() }
    }

    /// 32 bytes of seed, for the first time: waits for the device and panics when it does not deliver.
    pub fn first_seed(&mut self) -> [u8; SEED_BYTES] {
        self.request();
        (0..LOOKS)
            .find_map(|_| {
                core::hint::spin_loop();
                self.take_seed()
            })
            .expect("the entropy device does not deliver")
    }

    /// Asks for a seed, unless one is on its way.
    pub fn request(&mut self) {
        if let Some(buffer) = self.buffer.take() {
            self.ring.lend(buffer, SEED_BYTES);
            self.ring.notify(&mut self.transport);
        }
    }

    /// The seed that was asked for, once it is there. Panics when it is short or not random at all.
    pub fn take_seed(&mut self) -> Option<[u8; SEED_BYTES]> {
        let (mut buffer, written) = self.ring.take_back()?;
        assert_eq!(written, SEED_BYTES, "short entropy");
        let mut seed = [0; SEED_BYTES];
        seed.copy_from_slice(&buffer[..SEED_BYTES]);
        buffer.fill(0);
        self.buffer = Some(buffer);
        assert!(seed.iter().any(|&byte| byte != seed[0]), "constant entropy");
        // XOR with an independent source cannot take entropy away.
        for word in seed.chunks_exact_mut(size_of::<u64>()) {
            let own = cpu::random().unwrap_or(0).to_le_bytes();
            word.iter_mut().zip(own).for_each(|(byte, own)| *byte ^= own);
        }
        Some(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake_device::{FakeDevice, HostMemory};
    use virtio_drivers::transport::DeviceType;

    fn source() -> (EntropySource<HostMemory, FakeDevice>, FakeDevice) {
        let device = FakeDevice::new(DeviceType::EntropySource, &[]);
        (EntropySource::new(device.clone()), device)
    }

    #[test]
    fn delivers_once_per_request() {
        let (mut source, device) = source();
        assert!(source.take_seed().is_none());
        source.request();
        assert!(source.take_seed().is_none());
        device.write(REQUEST, &core::array::from_fn::<u8, SEED_BYTES, _>(|byte| byte as u8));
        assert!(source.take_seed().is_some());
        assert!(source.take_seed().is_none());
    }

    #[test]
    #[should_panic(expected = "short entropy")]
    fn short_entropy_ends_the_guest() {
        let (mut source, device) = source();
        source.request();
        device.write(REQUEST, &[1, 2, 3]);
        source.take_seed();
    }

    #[test]
    #[should_panic(expected = "constant entropy")]
    fn constant_entropy_ends_the_guest() {
        let (mut source, device) = source();
        source.request();
        device.write(REQUEST, &[7; SEED_BYTES]);
        source.take_seed();
    }
}
