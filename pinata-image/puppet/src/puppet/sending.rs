//! What a puppet says: messages made, altered and put into records, as its script wants it.

use super::{Puppet, hash, own, peers};
use crate::edit::{Edit, Extra, Wrapping};
use crate::hello::extensions;
use crate::message::Message;
use crate::proof::{FinishedBy, Over};
use crate::record::{HANDSHAKE, HEADER_BYTES, Keys, header, plain};
use crate::schedule::{Secret, finished};
use crate::script::View;
use crate::wire;
use sha2::{Digest, Sha256};

const RECORD_MAX: usize = 16_384;

impl Puppet {
    pub(super) fn send_flight(&mut self, flight: &[Message]) {
        let meant = self.meant_transcripts(flight);
        for message in self.script.order(flight) {
            if !message.is_hello() {
                self.start_protection();
            }
            self.send_extras(|edit| match edit {
                Edit::Before(other, extra) if *other == message => Some(extra),
                _ => None,
            });
            let view = match message {
                Message::CertificateVerify => self.script.signing.view,
                Message::Finished => self.script.finished_view,
                _ => View::Received,
            };
            let as_meant = meant.iter().find(|(other, _)| *other == message).map(|(_, transcript)| transcript);
            let bytes = self.make(message, as_meant.filter(|_| view == View::Meant).unwrap_or(&self.received));
            let bytes = self.script.altered(message, bytes);
            self.received.update(&bytes);
            self.outcome.sent.push((message, bytes.len()));
            self.wrap(message, &bytes);
            if message == Message::Finished {
                self.flush();
                self.application = self.application.take().or_else(|| self.application_secrets());
                self.writing = self.keys(self.application.as_ref(), own);
            }
            self.send_extras(|edit| match edit {
                Edit::After(other, extra) if *other == message => Some(extra),
                _ => None,
            });
        }
        self.flush();
    }

    /// The transcript before each message of a flight without alterations; nothing where nobody asks for it, because
    /// signatures cost time.
    fn meant_transcripts(&mut self, flight: &[Message]) -> Vec<(Message, Sha256)> {
        let is_asked_for = [self.script.signing.view, self.script.finished_view].contains(&View::Meant);
        let mut transcripts = Vec::new();
        for message in flight.iter().copied() {
            transcripts.push((message, self.meant.clone()));
            // A Finished is a flight's last, and there are no keys for it yet.
            if message.is_hello() || is_asked_for && message != Message::Finished {
                self.meant.update(self.make(message, &self.meant));
            }
        }
        transcripts
    }

    fn make(&self, message: Message, transcript: &Sha256) -> Vec<u8> {
        match message {
            Message::FirstHello => self.script.first_hello.as_ref().unwrap_or(&self.script.client_hello).encode(),
            Message::ClientHello => self.script.client_hello.encode(),
            Message::ServerHello => {
                self.script.server_hello.encode(self.seen.as_ref().expect("a client's hello came first"))
            }
            Message::EncryptedExtensions => {
                wire::message(message.kind(), &extensions(&self.script.encrypted_extensions))
            }
            Message::CertificateRequest => self.script.certificate_request(),
            Message::Certificate => self.script.certificate(),
            Message::CertificateVerify => self.script.certificate_verify(&match self.script.signing.over {
                Over::Transcript => hash(transcript),
                Over::Hellos => self.hellos,
                Over::Nothing => Sha256::digest([]).into(),
            }),
            Message::Finished => {
                let traffic = self.handshake.as_ref().map(|handshake| &handshake.traffic);
                let own = traffic.map_or(&[0; 32], |traffic| own(self.role, traffic));
                let data = match self.script.finished {
                    FinishedBy::OwnKey => finished(own, &hash(transcript)),
                    FinishedBy::PeersKey => {
                        finished(traffic.map_or(&[0; 32], |traffic| peers(self.role, traffic)), &hash(transcript))
                    }
                    FinishedBy::Hellos => finished(own, &self.hellos),
                    FinishedBy::Zeros => [0; 32],
                };
                wire::message(message.kind(), &data)
            }
        }
    }

    fn send_extras(&mut self, which: impl Fn(&Edit) -> Option<&Extra>) {
        let extras: Vec<Extra> = self.script.edits.iter().filter_map(which).cloned().collect();
        for extra in extras {
            self.flush();
            if extra.kind == HANDSHAKE {
                self.received.update(&extra.body);
            }
            self.say(&extra);
        }
    }

    /// Puts a message into records.
    fn wrap(&mut self, message: Message, bytes: &[u8]) {
        let of_message = |edit: &Edit| match edit {
            Edit::Wrap(other, wrapping) if *other == message => Some(wrapping.clone()),
            _ => None,
        };
        let wrappings: Vec<Wrapping> = self.script.edits.iter().filter_map(of_message).collect();
        let is_plain = message.is_hello() || self.writing.is_none();
        if self.script.is_coalesced && wrappings.is_empty() && !is_plain {
            self.batch.extend_from_slice(bytes);
            return;
        }
        self.flush();
        if bytes.is_empty() {
            return;
        }
        let size = wrappings.iter().find_map(|wrapping| match wrapping {
            Wrapping::Split(size) => Some(*size),
            _ => None,
        });
        for chunk in bytes.chunks(size.unwrap_or(RECORD_MAX)) {
            let record = self.record(chunk, is_plain, &wrappings);
            self.outgoing.extend(record);
        }
    }

    fn record(&mut self, content: &[u8], is_plain: bool, wrappings: &[Wrapping]) -> Vec<u8> {
        let (mut kind, mut padding, mut is_plain, mut has_other_keys) = (HANDSHAKE, 0, is_plain, false);
        for wrapping in wrappings {
            match wrapping {
                Wrapping::ContentType(other) => kind = *other,
                Wrapping::Padding(zeros) => padding = *zeros,
                Wrapping::Plain => is_plain = true,
                Wrapping::OtherKeys => has_other_keys = true,
                Wrapping::Skipped => {
                    if let Some(keys) = &mut self.writing {
                        keys.sequence += 1;
                    }
                }
                _ => {}
            }
        }
        let mut others = has_other_keys.then(|| Keys::new(self.suite, &self.other_secret()));
        let mut record = match others.as_mut().or(self.writing.as_mut()) {
            Some(keys) if !is_plain => keys.seal(kind, content, padding),
            _ => plain(kind, content),
        };
        for wrapping in wrappings {
            match wrapping {
                Wrapping::Version(version) => record[1..3].copy_from_slice(&version.to_be_bytes()),
                Wrapping::Type(other) => record[0] = *other,
                Wrapping::BrokenTag => *record.last_mut().expect("a record has a header") ^= 1,
                Wrapping::LongerBy(more) => {
                    let length = record.len() - HEADER_BYTES + usize::from(*more);
                    record[3..HEADER_BYTES].copy_from_slice(&header(0, 0, length)[3..]);
                }
                _ => {}
            }
        }
        record
    }

    fn other_secret(&self) -> Secret {
        match (&self.application, &self.handshake) {
            (Some(traffic), _) => *own(self.role, traffic),
            // Zeros: before the server's Finished nobody has keys for application data.
            _ => [0; 32],
        }
    }

    fn flush(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        for chunk in batch.chunks(RECORD_MAX) {
            let record = self.record(chunk, false, &[]);
            self.outgoing.extend(record);
        }
    }
}
