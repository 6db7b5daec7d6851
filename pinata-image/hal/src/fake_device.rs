//! A virtio device for tests, made of host memory: it reads and writes rings as a real one does (virtio 1.2 §2.7).
use std::alloc::{Layout, alloc_zeroed};
use std::collections::HashMap;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex};
use std::vec::Vec;

use virtio_drivers::transport::{DeviceStatus, DeviceType, InterruptStatus, Transport};
use virtio_drivers::{BufferDirection, Hal, PAGE_SIZE, PhysAddr, Result};
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// Leaks pages of the host's heap.
pub struct HostMemory;

// SAFETY: fresh, zeroed, aligned pages that are never freed.
unsafe impl Hal for HostMemory {
    fn dma_alloc(pages: usize, _: BufferDirection) -> (PhysAddr, NonNull<u8>) {
        let layout = Layout::from_size_align(pages * PAGE_SIZE, PAGE_SIZE).expect("layout");
        // SAFETY: the size is not zero.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) }).expect("memory");
        (start.as_ptr() as PhysAddr, start)
    }
    unsafe fn dma_dealloc(_: PhysAddr, _: NonNull<u8>, _: usize) -> i32 {
        0
    }
    unsafe fn mmio_phys_to_virt(_: PhysAddr, _: usize) -> NonNull<u8> {
        unreachable!()
    }
    unsafe fn share(buffer: NonNull<[u8]>, _: BufferDirection) -> PhysAddr {
        buffer.as_ptr().cast::<u8>() as PhysAddr
    }
    unsafe fn unshare(_: PhysAddr, _: NonNull<[u8]>, _: BufferDirection) {}
}

#[derive(Default, Clone, Copy)]
struct Queue {
    size: u16,
    descriptors: PhysAddr,
    available: PhysAddr,
    used: PhysAddr,
    seen: u16,
}

#[derive(Default)]
struct State {
    status: DeviceStatus,
    queues: HashMap<u16, Queue>,
}

/// Both the transport that a driver takes and the test's handle on the device's side.
#[derive(Clone)]
pub struct FakeDevice {
    kind: DeviceType,
    config: Vec<u8>,
    state: Arc<Mutex<State>>,
}

impl FakeDevice {
    pub fn new(kind: DeviceType, config: &[u8]) -> FakeDevice {
        FakeDevice { kind, config: config.to_vec(), state: Arc::default() }
    }

    /// Puts `bytes` into the next buffer of a receive queue.
    pub fn write(&self, queue: u16, bytes: &[u8]) {
        let (token, address, room) = self.next(queue).expect("a lent buffer");
        assert!(bytes.len() <= room);
        // SAFETY: the driver lent this memory.
        unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), address as *mut u8, bytes.len()) };
        self.finish(queue, token, bytes.len() as u32);
    }

    /// Takes the next buffer of a transmit queue.
    pub fn read(&self, queue: u16) -> Option<Vec<u8>> {
        let (token, address, length) = self.next(queue)?;
        // SAFETY: the driver lent this memory.
        let bytes = unsafe { core::slice::from_raw_parts(address as *const u8, length) }.to_vec();
        self.finish(queue, token, 0);
        Some(bytes)
    }

    pub fn lie_about_length(&self, queue: u16, length: u32) {
        let (token, ..) = self.next(queue).expect("a lent buffer");
        self.finish(queue, token, length);
    }

    pub fn lie_about_token(&self, queue: u16, token: u16) {
        self.finish(queue, token, 0);
    }

    fn next(&self, index: u16) -> Option<(u16, PhysAddr, usize)> {
        let mut state = self.state.lock().expect("lock");
        let queue = state.queues.get_mut(&index).expect("a queue");
        // SAFETY: the driver's available ring (flags, idx, ring) and descriptor table, all in host memory.
        unsafe {
            if queue.seen == ((queue.available + 2) as *const u16).read_volatile() {
                return None;
            }
            let slot = PhysAddr::from(queue.seen % queue.size);
            let token = ((queue.available + 4 + 2 * slot) as *const u16).read_volatile();
            queue.seen = queue.seen.wrapping_add(1);
            let descriptor = queue.descriptors + 16 * PhysAddr::from(token);
            Some((token, (descriptor as *const u64).read(), ((descriptor + 8) as *const u32).read() as usize))
        }
    }

    fn finish(&self, index: u16, token: u16, length: u32) {
        let state = self.state.lock().expect("lock");
        let queue = state.queues[&index];
        // SAFETY: the used ring (flags, idx, ring of id and length), in host memory that only this test's device
        // writes.
        unsafe {
            let counter = (queue.used + 2) as *mut u16;
            let entry = queue.used + 4 + 8 * PhysAddr::from(counter.read() % queue.size);
            (entry as *mut u32).write(u32::from(token));
            ((entry + 4) as *mut u32).write(length);
            counter.write_volatile(counter.read().wrapping_add(1));
        }
    }
}

impl Transport for FakeDevice {
    fn device_type(&self) -> DeviceType {
        self.kind
    }
    fn read_device_features(&mut self) -> u64 {
        u64::MAX
    }
    fn write_driver_features(&mut self, _: u64) {}
    fn max_queue_size(&mut self, _: u16) -> u32 {
        1024
    }
    fn notify(&mut self, _: u16) {}
    fn get_status(&self) -> DeviceStatus {
        self.state.lock().expect("lock").status
    }
    fn set_status(&mut self, status: DeviceStatus) {
        self.state.lock().expect("lock").status = status;
    }
    fn set_guest_page_size(&mut self, _: u32) {}
    fn requires_legacy_layout(&self) -> bool {
        false
    }
    fn queue_set(&mut self, queue: u16, size: u32, descriptors: PhysAddr, available: PhysAddr, used: PhysAddr) {
        let queue_state = Queue { size: size as u16, descriptors, available, used, seen: 0 };
        self.state.lock().expect("lock").queues.insert(queue, queue_state);
    }
    fn queue_unset(&mut self, _: u16) {}
    fn queue_used(&mut self, queue: u16) -> bool {
        self.state.lock().expect("lock").queues.contains_key(&queue)
    }
    fn ack_interrupt(&mut self) -> InterruptStatus {
        InterruptStatus::empty()
    }
    fn read_config_generation(&self) -> u32 {
        0
    }
    fn read_config_space<V: FromBytes + IntoBytes>(&self, offset: usize) -> Result<V> {
        Ok(V::read_from_bytes(&self.config[offset..offset + size_of::<V>()]).expect("configuration"))
    }
    fn write_config_space<V: IntoBytes + Immutable>(&mut self, _: usize, _: V) -> Result<()> {
        Ok(())
    }
}
