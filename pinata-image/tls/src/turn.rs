//! One call into the library: what it wants, done.

use crate::slot::{Observed, Slot};
use crate::verifier::short;
use crate::wire::{self, Sent};
use alloc::vec::Vec;
use pinata_channel::Detail;
use rustls::Error;
use rustls::unbuffered::{ConnectionState, EncodeError, EncodeTlsData, EncryptError, UnbufferedStatus, WriteTraffic};

/// The last words to an authenticated peer.
pub(crate) struct Farewell<'a> {
    pub document: &'a [u8],
    pub to_self: bool,
}

/// What one call into the library led to.
pub(crate) enum Step {
    Again,
    Rest,
    /// Application data may flow.
    Writable,
    /// The farewell is in the outgoing bytes.
    Said,
    PeerClosed,
    Failed(Error),
}

/// One call into the library.
pub(crate) struct Turn<'a, 'd> {
    pub outgoing: &'a mut Vec<u8>,
    pub slot: &'static Slot,
    pub farewell: &'a mut Option<Farewell<'d>>,
    /// The farewell has been said: nothing may follow close_notify (RFC 8446, section 6.1), whatever the library would answer.
    pub is_over: bool,
}

impl Turn<'_, '_> {
    /// How many bytes to discard, and what to do next.
    pub(crate) fn take<Data>(&mut self, status: UnbufferedStatus<'_, '_, Data>) -> (usize, Step) {
        let step = match status.state {
            Ok(ConnectionState::EncodeTlsData(record)) => self.encode(record),
            Ok(ConnectionState::TransmitTlsData(transmit)) => {
                // `outgoing` is the queue: whatever is in it goes out before anything later.
                transmit.done();
                Step::Again
            }
            Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                while traffic.next_record().is_some() {}
                Step::Again
            }
            Ok(ConnectionState::WriteTraffic(traffic)) => match self.farewell.take() {
                Some(farewell) => self.say(traffic, &farewell),
                None => Step::Writable,
            },
            Ok(ConnectionState::PeerClosed) => Step::PeerClosed,
            Ok(_) => Step::Rest,
            Err(error) => Step::Failed(error),
        };
        (status.discard, step)
    }

    fn encode<Data>(&mut self, mut record: EncodeTlsData<'_, Data>) -> Step {
        let at = self.outgoing.len();
        // An empty slice asks for the size; the library keeps the record until it fits.
        if let Err(EncodeError::InsufficientSize(size)) = record.encode(&mut []) {
            self.outgoing.resize(at + size.required_size, 0);
            if let Err(error) = record.encode(&mut self.outgoing[at..]) {
                return Step::Failed(Error::General(short(&error)));
            }
        }
        if self.is_over {
            self.outgoing.truncate(at);
            return Step::Again;
        }
        let is_retry = |observed: &mut Observed| core::mem::replace(&mut observed.hello_seen, true);
        match wire::sent(&self.outgoing[at..]) {
            Sent::ClientHello => self.slot.with(|observed| {
                let note = if is_retry(observed) { Detail::HelloRetry } else { Detail::ClientHello };
                observed.notes.push(note);
            }),
            Sent::ServerHello => self.slot.note(Detail::ServerFlight),
            Sent::HelloRetry => self.slot.note(Detail::HelloRetry),
            Sent::Alert(code) => self.slot.note(Detail::AlertSent { code }),
            Sent::Other => {}
        }
        Step::Again
    }

    fn say<Data>(&mut self, mut traffic: WriteTraffic<'_, Data>, farewell: &Farewell<'_>) -> Step {
        let document = self.encrypt(|out| traffic.encrypt(farewell.document, out));
        if let Err(error) = document {
            return Step::Failed(Error::General(short(&error)));
        }
        self.slot.note(Detail::Released { bytes: farewell.document.len(), to_self: farewell.to_self });
        match self.encrypt(|out| traffic.queue_close_notify(out)) {
            Ok(()) => Step::Said,
            Err(error) => Step::Failed(Error::General(short(&error))),
        }
    }

    fn encrypt(&mut self, mut write: impl FnMut(&mut [u8]) -> Result<usize, EncryptError>) -> Result<(), EncryptError> {
        let at = self.outgoing.len();
        match write(&mut []) {
            Err(EncryptError::InsufficientSize(size)) => {
                self.outgoing.resize(at + size.required_size, 0);
                write(&mut self.outgoing[at..]).map(|_| ())
            }
            other => other.map(|_| ()),
        }
    }
}
