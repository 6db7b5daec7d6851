//! Which connection the library's callbacks serve at the moment, and what they saw.

use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use pinata_channel::Detail;
use pinata_gate::{Authenticated, Event, Gate};
use rustls::time_provider::TimeProvider;
use rustls_pki_types::UnixTime;
use zeroize::Zeroize;

/// What belongs to one connection while the library runs.
#[derive(Default)]
pub(crate) struct Observed {
    pub gate: Gate,
    pub notes: Vec<Detail>,
    pub secrets: Option<Secrets>,
    /// The client's hello (the peer's or ours) has been noted.
    pub hello_seen: bool,
    /// We have proved our own key too. A server that never asks for a certificate gets none.
    pub has_signed: bool,
}

impl Observed {
    /// The one way to the gate.
    pub(crate) fn advance(&mut self, event: Event) -> Option<Authenticated> {
        let authenticated = self.gate.advance(event);
        #[cfg(feature = "trace")]
        crate::trace::heard(event, self.gate.state());
        authenticated
    }
}

/// The two handshake traffic secrets of one connection.
#[derive(Clone)]
pub(crate) struct Secrets {
    pub client_random: [u8; 32],
    pub client: [u8; 32],
    pub server: [u8; 32],
}

impl Drop for Secrets {
    fn drop(&mut self) {
        self.client.zeroize();
        self.server.zeroize();
    }
}

/// One per engine. The lock never waits: one thread runs one connection at a time.
pub(crate) struct Slot {
    current: spin::Mutex<Option<Observed>>,
    unix_seconds: AtomicU64,
    signatures: AtomicU64,
}

impl Slot {
    pub(crate) fn new(unix_seconds: u64) -> Slot {
        Slot {
            current: spin::Mutex::new(None),
            unix_seconds: AtomicU64::new(unix_seconds),
            signatures: AtomicU64::new(0),
        }
    }

    pub(crate) fn enter(&self, observed: Observed) {
        *self.current.lock() = Some(observed);
    }

    pub(crate) fn leave(&self) -> Observed {
        self.current.lock().take().unwrap_or_default()
    }

    pub(crate) fn with(&self, run: impl FnOnce(&mut Observed)) {
        if let Some(observed) = self.current.lock().as_mut() {
            run(observed);
        }
    }

    pub(crate) fn note(&self, detail: Detail) {
        self.with(|observed| observed.notes.push(detail));
    }

    /// A callback's verdict goes into the gate. None of these events can complete an authentication.
    pub(crate) fn gate(&self, event: Event) {
        self.with(|observed| {
            let _none = observed.advance(event);
        });
    }

    pub(crate) fn set_time(&self, unix_seconds: u64) {
        self.unix_seconds.store(unix_seconds, Ordering::Relaxed);
    }

    /// One of our keys signs, for the current connection.
    pub(crate) fn count_signature(&self) {
        self.with(|observed| observed.has_signed = true);
        self.signatures.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn signatures(&self) -> u64 {
        self.signatures.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slot")
    }
}

/// The slot as rustls' clock.
#[derive(Debug)]
pub(crate) struct Clock(pub &'static Slot);

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0.unix_seconds.load(Ordering::Relaxed))))
    }
}
