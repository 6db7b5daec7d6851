//! The control messages of a multiport virtio console (virtio 1.2 §5.3.6.2), as far as one port needs them.

/// Port 0 is reserved for a console; ours is the next.
pub const PORT: u32 = 1;
/// id u32, event u16, value u16, little-endian; a name may follow.
pub const MESSAGE_BYTES: usize = 8;

const DEVICE_READY: u16 = 0;
const PORT_ADD: u16 = 1;
const PORT_REMOVE: u16 = 2;
const PORT_READY: u16 = 3;
const PORT_OPEN: u16 = 6;

/// One control message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    id: u32,
    event: u16,
    value: u16,
}

impl Message {
    /// The driver is ready to hear of ports; sent once.
    pub const READY: Message = Message { id: 0, event: DEVICE_READY, value: 1 };

    /// Reads a message; `None` when it is too short.
    pub fn parse(bytes: &[u8]) -> Option<Message> {
        let &[a, b, c, d, e, f, g, h] = bytes.first_chunk::<MESSAGE_BYTES>()?;
        Some(Message {
            id: u32::from_le_bytes([a, b, c, d]),
            event: u16::from_le_bytes([e, f]),
            value: u16::from_le_bytes([g, h]),
        })
    }

    /// Its form on the ring.
    pub fn bytes(self) -> [u8; MESSAGE_BYTES] {
        let [a, b, c, d] = self.id.to_le_bytes();
        let [e, f] = self.event.to_le_bytes();
        let [g, h] = self.value.to_le_bytes();
        [a, b, c, d, e, f, g, h]
    }

    /// What the driver answers. `None`: nothing (names, other ports, resizing). Panics when our port is taken away.
    pub fn answers(self) -> &'static [Message] {
        const ADDED: &[Message] =
            &[Message { id: PORT, event: PORT_READY, value: 1 }, Message { id: PORT, event: PORT_OPEN, value: 1 }];
        match (self.id, self.event) {
            (PORT, PORT_ADD) => ADDED,
            (PORT, PORT_REMOVE) => panic!("the channel was unplugged"),
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_its_own_encoding() {
        let message = Message { id: 0x0102_0304, event: 0x0506, value: 0x0708 };
        assert_eq!(message.bytes(), [4, 3, 2, 1, 6, 5, 8, 7]);
        assert_eq!(Message::parse(&message.bytes()), Some(message));
        assert_eq!(Message::parse(&[0; 7]), None);
    }

    #[test]
    fn our_port_is_made_ready_and_opened() {
        let added = Message { id: PORT, event: PORT_ADD, value: 1 };
        let events: alloc::vec::Vec<_> =
            added.answers().iter().map(|answer| (answer.id, answer.event, answer.value)).collect();
        assert_eq!(events, [(1, PORT_READY, 1), (1, PORT_OPEN, 1)]);
    }

    #[test]
    fn other_ports_and_events_are_not_answered() {
        assert_eq!(Message { id: 0, event: PORT_ADD, value: 1 }.answers(), []);
        assert_eq!(Message { id: PORT, event: 7, value: 1 }.answers(), []);
    }
}
