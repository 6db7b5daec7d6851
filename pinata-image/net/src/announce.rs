//! The ARP announcement (RFC 5227 §2.3): whoever forwards to the guest knows its hardware address before the first
//! connection. Without it QEMU's user network drops the first segments and tries again only after a second.
use smoltcp::wire::{
    ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol, EthernetRepr, Ipv4Address,
};

use crate::link::Link;

const NOBODY: EthernetAddress = EthernetAddress([0; 6]);

/// Tells everybody on the link that `address` is here.
pub fn announce(link: &mut impl Link, address: Ipv4Address) {
    let own = EthernetAddress(link.address());
    let arp = ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Request,
        source_hardware_addr: own,
        source_protocol_addr: address,
        target_hardware_addr: NOBODY,
        target_protocol_addr: address,
    };
    let ethernet =
        EthernetRepr { src_addr: own, dst_addr: EthernetAddress::BROADCAST, ethertype: EthernetProtocol::Arp };
    if !link.can_send() {
        return;
    }
    link.send(ethernet.buffer_len() + arp.buffer_len(), |bytes| {
        let mut frame = EthernetFrame::new_unchecked(bytes);
        ethernet.emit(&mut frame);
        arp.emit(&mut ArpPacket::new_unchecked(frame.payload_mut()));
    });
}
