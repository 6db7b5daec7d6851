//! A virtio device that may lie: the device's side of the rings (virtio 1.2 §2.7), on request against every rule.

use crate::support::guarded::GuardedMemory;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use virtio_drivers::transport::{DeviceStatus, DeviceType, InterruptStatus, Transport};
use virtio_drivers::{Error, PhysAddr, Result};
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// Descriptor: address u64, length u32, flags u16, next u16.
const DESCRIPTOR_BYTES: usize = 16;
/// Both rings begin with flags u16 and index u16.
const INDEX_AT: usize = 2;
const RING_AT: usize = 4;
/// Used ring: id u32, length u32.
const USED_BYTES: usize = 8;

#[derive(Clone, Copy)]
struct Queue {
    size: u16,
    descriptors: usize,
    available: usize,
    used: usize,
    seen: u16,
}

struct State {
    status: DeviceStatus,
    withheld_status: DeviceStatus,
    features: u64,
    queue_size_max: u32,
    config: Vec<u8>,
    queues: BTreeMap<u16, Queue>,
    lied: bool,
}

/// Both what a driver takes as its transport and the other side's handle.
#[derive(Clone)]
pub struct Device {
    kind: DeviceType,
    state: Rc<RefCell<State>>,
}

impl Device {
    /// One that agrees to everything.
    pub fn new(kind: DeviceType, config: &[u8]) -> Device {
        let state = State {
            status: DeviceStatus::empty(),
            withheld_status: DeviceStatus::empty(),
            features: u64::MAX,
            queue_size_max: 1024,
            config: config.to_vec(),
            queues: BTreeMap::new(),
            lied: false,
        };
        Device { kind, state: Rc::new(RefCell::new(state)) }
    }

    /// Offers less than it should.
    pub fn disappoint(&self, features: u64, queue_size_max: u32, withheld_status: u32, config: &[u8]) {
        let mut state = self.state.borrow_mut();
        state.features = features;
        state.queue_size_max = queue_size_max;
        state.withheld_status = DeviceStatus::from_bits_truncate(withheld_status);
        state.config = config.to_vec();
        state.lied = true;
    }

    /// Whether it has done anything that a real device does not.
    pub fn has_lied(&self) -> bool {
        self.state.borrow().lied
    }

    /// From now on nothing that the driver does is held against it.
    pub fn lie(&self) {
        self.state.borrow_mut().lied = true;
    }

    /// Puts `bytes`, cut to what fits, into the next buffer of a receive queue. `None`: the driver has lent none.
    pub fn write(&self, queue: u16, bytes: &[u8]) -> Option<usize> {
        let (token, address, room) = self.next(queue)?;
        let length = bytes.len().min(room);
        // SAFETY: `next` has checked that this is device memory.
        unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), address as *mut u8, length) };
        self.finish(queue, token.into(), length as u32);
        Some(length)
    }

    /// Takes the next buffer of a transmit queue.
    pub fn read(&self, queue: u16) -> Option<Vec<u8>> {
        let (token, address, length) = self.next(queue)?;
        // SAFETY: as above.
        let bytes = unsafe { core::slice::from_raw_parts(address as *const u8, length) }.to_vec();
        self.finish(queue, token.into(), 0);
        Some(bytes)
    }

    /// Adds an entry to the used ring.
    pub fn finish(&self, queue: u16, id: u32, length: u32) {
        let Some(queue) = self.queue(queue) else { return };
        // SAFETY: inside the used ring, whose place and size the driver gave.
        unsafe {
            let counter = (queue.used + INDEX_AT) as *mut u16;
            let at = usize::from(counter.read_volatile() % queue.size);
            let entry = (queue.used + RING_AT + USED_BYTES * at) as *mut u32;
            entry.write_volatile(id);
            entry.add(1).write_volatile(length);
            counter.write_volatile(counter.read_volatile().wrapping_add(1));
        }
    }

    /// Sets the used ring's flags or index to anything.
    pub fn set_used(&self, queue: u16, index: bool, value: u16) {
        let Some(queue) = self.queue(queue) else { return };
        let at = queue.used + if index { INDEX_AT } else { 0 };
        // SAFETY: as above.
        unsafe { (at as *mut u16).write_volatile(value) };
    }

    /// Writes anywhere in the memory that is there for devices: rings, descriptors, buffers.
    pub fn scribble(&self, piece: usize, at: usize, bytes: &[u8]) {
        let pieces = GuardedMemory::pieces();
        let Some((start, length)) = pieces.get(piece % pieces.len().max(1)) else { return };
        let at = at % length;
        for (offset, byte) in bytes.iter().take(length - at).enumerate() {
            // SAFETY: inside a piece of device memory. A driver that holds a reference to it now would see it change, but
            // none does between its own calls.
            unsafe { ((start + at + offset) as *mut u8).write_volatile(*byte) };
        }
    }

    fn queue(&self, queue: u16) -> Option<Queue> {
        self.state.borrow().queues.get(&queue).copied()
    }

    /// Token, address and length of the next buffer that the driver lent. `None` also where the rings, which the device may
    /// have scribbled over, say nonsense.
    fn next(&self, index: u16) -> Option<(u16, usize, usize)> {
        let mut state = self.state.borrow_mut();
        let queue = state.queues.get_mut(&index)?;
        // SAFETY: the driver's available ring and descriptor table, whose places and sizes it gave.
        let (token, address, length) = unsafe {
            if queue.seen == ((queue.available + INDEX_AT) as *const u16).read_volatile() {
                return None;
            }
            let slot = usize::from(queue.seen % queue.size);
            let token = ((queue.available + RING_AT) as *const u16).add(slot).read_volatile();
            queue.seen = queue.seen.wrapping_add(1);
            if token >= queue.size {
                return None;
            }
            let descriptor = queue.descriptors + DESCRIPTOR_BYTES * usize::from(token);
            let length = ((descriptor + 8) as *const u32).read_volatile() as usize;
            (token, (descriptor as *const usize).read_volatile(), length)
        };
        let pieces = GuardedMemory::pieces();
        let fits = |(start, size): &(usize, usize)| {
            *start <= address && address.checked_add(length).is_some_and(|end| end <= start + size)
        };
        pieces.iter().any(fits).then_some((token, address, length))
    }
}

impl Transport for Device {
    fn device_type(&self) -> DeviceType {
        self.kind
    }

    fn read_device_features(&mut self) -> u64 {
        self.state.borrow().features
    }

    fn write_driver_features(&mut self, _: u64) {}

    fn max_queue_size(&mut self, _: u16) -> u32 {
        self.state.borrow().queue_size_max
    }

    fn notify(&mut self, _: u16) {}

    fn get_status(&self) -> DeviceStatus {
        let state = self.state.borrow();
        state.status.difference(state.withheld_status)
    }

    fn set_status(&mut self, status: DeviceStatus) {
        self.state.borrow_mut().status = status;
    }

    fn set_guest_page_size(&mut self, _: u32) {}

    fn requires_legacy_layout(&self) -> bool {
        false
    }

    fn queue_set(&mut self, queue: u16, size: u32, descriptors: PhysAddr, available: PhysAddr, used: PhysAddr) {
        let [descriptors, available, used] = [descriptors, available, used].map(|address| address as usize);
        let size = u16::try_from(size).expect("a ring's size");
        self.state.borrow_mut().queues.insert(queue, Queue { size, descriptors, available, used, seen: 0 });
    }

    fn queue_unset(&mut self, _: u16) {}

    fn queue_used(&mut self, queue: u16) -> bool {
        self.state.borrow().queues.contains_key(&queue)
    }

    fn ack_interrupt(&mut self) -> InterruptStatus {
        InterruptStatus::empty()
    }

    fn read_config_generation(&self) -> u32 {
        0
    }

    fn read_config_space<V: FromBytes + IntoBytes>(&self, offset: usize) -> Result<V> {
        let state = self.state.borrow();
        let bytes = state.config.get(offset..offset + size_of::<V>()).ok_or(Error::ConfigSpaceTooSmall)?;
        V::read_from_bytes(bytes).map_err(|_| Error::ConfigSpaceTooSmall)
    }

    fn write_config_space<V: IntoBytes + Immutable>(&mut self, _: usize, _: V) -> Result<()> {
        Ok(())
    }
}
