//! Feature negotiation. We take what we need and nothing more: less offered surface, and without event indices a ring's
//! interrupts can be switched off by a flag.
use bitflags::bitflags;
use virtio_drivers::transport::{DeviceStatus, Transport};

bitflags! {
    /// Virtio 1.2 §6, §5.1.3, §5.3.3. Device-specific bits of different devices share numbers.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Features: u64 {
        const CONSOLE_MULTIPORT = 1 << 1;
        const NET_MAC = 1 << 5;
        const VERSION_1 = 1 << 32;
    }
}

/// First half of device initialisation (virtio 1.2 §3.1.1, steps 1–6). Panics unless the device agrees to all of
/// `wanted`.
pub fn negotiate(transport: &mut impl Transport, wanted: Features) {
    let agreed = transport.begin_init(wanted);
    assert_eq!(agreed, wanted, "{:?} lacks features", transport.device_type());
    assert!(transport.get_status().contains(DeviceStatus::FEATURES_OK), "{:?} refuses", transport.device_type());
}
