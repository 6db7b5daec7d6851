//! Frames in and out, and smoltcp's view of them.
use core::cell::RefCell;

use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::time::Instant;

/// Largest Ethernet frame without its check sequence.
const FRAME_MAX: usize = 1514;

/// A network device. Never waits.
pub trait Link {
    /// A received frame, with its buffer.
    type Frame;

    fn address(&self) -> [u8; 6];
    fn receive(&mut self) -> Option<Self::Frame>;
    fn bytes(frame: &Self::Frame) -> &[u8];
    /// Gives a frame's buffer back to the device.
    fn recycle(&mut self, frame: Self::Frame);
    fn can_send(&mut self) -> bool;
    /// Sends a frame of `length` bytes that `fill` writes; only after `can_send`.
    fn send<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> R;
}

/// smoltcp consumes a receive token and, inside of that, a send token: both need the link, each for a moment.
pub struct LinkDevice<L: Link> {
    link: RefCell<L>,
}

impl<L: Link> LinkDevice<L> {
    pub fn new(link: L) -> Self {
        LinkDevice { link: RefCell::new(link) }
    }

    pub fn link(&mut self) -> &mut L {
        self.link.get_mut()
    }
}

pub struct Received<'a, L: Link> {
    frame: L::Frame,
    link: &'a RefCell<L>,
}

pub struct Sending<'a, L: Link> {
    link: &'a RefCell<L>,
}

impl<L: Link> RxToken for Received<'_, L> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        let result = read(L::bytes(&self.frame));
        self.link.borrow_mut().recycle(self.frame);
        result
    }
}

impl<L: Link> TxToken for Sending<'_, L> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, fill: F) -> R {
        self.link.borrow_mut().send(length, fill)
    }
}

impl<L: Link> Device for LinkDevice<L> {
    type RxToken<'a>
        = Received<'a, L>
    where
        Self: 'a;
    type TxToken<'a>
        = Sending<'a, L>
    where
        Self: 'a;

    fn receive(&mut self, _: Instant) -> Option<(Received<'_, L>, Sending<'_, L>)> {
        let link = self.link.get_mut();
        if !link.can_send() {
            return None;
        }
        let frame = link.receive()?;
        Some((Received { frame, link: &self.link }, Sending { link: &self.link }))
    }

    fn transmit(&mut self, _: Instant) -> Option<Sending<'_, L>> {
        self.link.get_mut().can_send().then_some(Sending { link: &self.link })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = FRAME_MAX;
        capabilities
    }
}
