//! The one loop.
use alloc::boxed::Box;

use pinata_boot::Machine;
use pinata_hal::apic::Interrupts;
use pinata_hal::clock::{Calibration, Clock};
use pinata_hal::cpu;
use pinata_hal::dma::GuestMemory;
use pinata_hal::entropy_source::EntropySource;
use pinata_hal::idle::idle;
use pinata_hal::mmio::Registers;
use pinata_hal::nic::Nic;
use pinata_hal::port::Port;
use pinata_net::{Listener, Micros, Pool};
use pinata_service::{ConnectionId, Hardware, Reason, Service, Stage};
use zeroize::Zeroize;

use crate::channel;
use crate::guest::Guest;
use crate::secret_pages::SecretPages;
use crate::wire::Wire;

const SERVER_PORT: u16 = 10_000;
const CLIENT_PORT: u16 = 10_002;
/// Sockets beyond the service's places, so that a burst of connections is answered by the service and not by a closed
/// port.
const WAITING_PLACES: usize = 8;
const RECEIVE_BYTES: usize = 4096;
/// When nothing has moved for this long, there is time for a self-check. Visitors who came at once would wait for it.
const QUIET_US: Micros = 200_000;
/// The generator is fed again this often, when there is anything to do at all.
const RESEED_US: Micros = 60_000_000;

/// Everything that the guest is made of.
pub struct Kernel {
    clock: Clock,
    interrupts: Interrupts,
    entropy: EntropySource<GuestMemory, Registers>,
    reseed_at: Micros,
    /// When the next self-check may be made; `None` while not serving, and once all are made.
    check_at: Option<Micros>,
    guest: Guest,
    /// Waits for the provision, which says how many connections there may be.
    wire: Option<Wire>,
    pool: Option<Pool<Wire, ConnectionId>>,
    received: Box<[u8; RECEIVE_BYTES]>,
}

impl Kernel {
    /// Starts the devices and seeds the service.
    pub fn new(machine: Machine) -> Kernel {
        let Machine { entry_tsc, devices, mut interrupts, vault } = machine;
        cpu::return_from_nothing();
        let calibration = Calibration::start(entry_tsc, &mut interrupts);
        let port = Port::new(devices.serial);
        let nic = Nic::new(devices.network);
        let clock = calibration.finish(&mut interrupts);
        channel::install(port, clock.khz());
        let mut entropy = EntropySource::new(devices.entropy);
        let mut seed = entropy.first_seed();
        let service = Service::new(seed, Hardware { page: Box::new(SecretPages(vault)) });
        seed.zeroize();
        Kernel {
            clock,
            interrupts,
            entropy,
            reseed_at: RESEED_US,
            check_at: None,
            guest: Guest(service),
            wire: Some(Wire(nic)),
            pool: None,
            received: Box::new([0; RECEIVE_BYTES]),
        }
    }

    /// Runs until the service stops.
    pub fn run(mut self) -> ! {
        loop {
            let spoke = self.speak_with_supervisor();
            let now = self.clock.now();
            self.guest.0.tick(now);
            self.reseed(now);
            let carried = match self.guest.0.stage() {
                Stage::Waiting => false,
                Stage::Serving => self.carry(now),
                Stage::Stopping(reason) => self.end(reason),
            };
            #[cfg(feature = "misdeeds")]
            if let Some(pool) = self.pool.as_mut().filter(|_| !spoke) {
                crate::misdeeds::commit(pool.link());
            }
            if spoke || carried {
                self.check_at = self.check_at.map(|_| now + QUIET_US);
            } else if !self.check_ahead(now) {
                self.sleep();
            }
        }
    }

    /// Moves frames both ways. True when any moved.
    fn speak_with_supervisor(&mut self) -> bool {
        let count = channel::with(|channel| channel.receive(&mut self.received[..]));
        let now = self.clock.now();
        if count > 0 {
            self.guest.0.channel_received(&self.received[..count], now);
            self.received[..count].zeroize();
        }
        let taken = channel::with(|channel| channel.take(self.guest.0.channel_pending()));
        if taken > 0 {
            self.guest.0.channel_sent(taken);
        }
        let sent = channel::with(|channel| channel.flush());
        count > 0 || taken > 0 || sent
    }

    /// Moves bytes between the network and the service. True when any moved.
    fn carry(&mut self, now: Micros) -> bool {
        if let Some(wire) = self.wire.take() {
            self.clock.set_rate(self.guest.0.tsc_khz().unwrap_or(0));
            self.pool = Some(listen(wire, &mut self.guest.0, now));
            self.check_at = Some(now + QUIET_US);
        }
        self.pool.as_mut().is_some_and(|pool| pool.turn(&mut self.guest, &mut || self.clock.now()))
    }

    /// Makes a self-check if it is time for one. False when there was none to make.
    fn check_ahead(&mut self, now: Micros) -> bool {
        if self.check_at.is_none_or(|at| now < at) {
            return false;
        }
        let made = self.guest.0.check_ahead();
        self.check_at = self.check_at.filter(|_| made);
        made
    }

    fn reseed(&mut self, now: Micros) {
        if let Some(mut seed) = self.entropy.take_seed() {
            self.guest.0.reseed(&seed);
            seed.zeroize();
        }
        if now >= self.reseed_at {
            self.reseed_at = now + RESEED_US;
            self.entropy.request();
        }
    }

    /// Halts until something happens or something is due.
    fn sleep(&mut self) {
        let mut awake = channel::with(|channel| channel.prepare_sleep());
        let now = self.clock.now();
        let mut next = self.guest.0.next_deadline().into_iter().chain(self.check_at).min();
        if let Some(pool) = &mut self.pool {
            awake |= pool.link().0.prepare_sleep();
            next = next.into_iter().chain(pool.next_turn(now)).min();
        }
        if !awake {
            idle(&mut self.interrupts, next.map(|at| at.saturating_sub(now)));
        }
    }

    fn end(&mut self, reason: Reason) -> ! {
        channel::with(|channel| {
            channel.take(self.guest.0.channel_pending());
            channel.drain(&[]);
        });
        match reason {
            Reason::Stop | Reason::Planned => cpu::end(),
            Reason::Fault => {
                // The service has queued its own `fault` frame.
                pinata_boot::on_death(|_| {});
                pinata_boot::die(format_args!("the service gave up"), format_args!("service"))
            }
        }
    }
}

fn listen(wire: Wire, service: &mut Service, now: Micros) -> Pool<Wire, ConnectionId> {
    let (server, client) = service.places();
    let listeners = [(SERVER_PORT, server), (CLIENT_PORT, client)]
        .map(|(port, places)| Listener { port, places: places + WAITING_PLACES });
    let mut seed = [0; 8];
    service.random(&mut seed);
    Pool::new(wire, &listeners, u64::from_le_bytes(seed), now)
}
