//! Every byte of every message.

use super::{Mutant, Reach, VIEWS, limit, mutant, names, seen_as};
use crate::{Authority, Change, Edit, Message, Role, Script, View};

const HEADER_BYTES: usize = 4;

/// Each of `bits` flipped in each byte of each message. `lengths`: of an honest handshake's messages.
pub fn flips(role: Role, authority: &Authority, lengths: &[(Message, usize)], bits: &[u8]) -> Vec<Mutant> {
    flips_in(role, &Script::honest(role, authority), lengths, bits)
}

/// The same in another script than the usual one.
pub fn flips_in(role: Role, honest: &Script, lengths: &[(Message, usize)], bits: &[u8]) -> Vec<Mutant> {
    let mut all = Vec::new();
    for (message, length) in lengths.iter().copied() {
        for (byte, bit) in (0..length).flat_map(|byte| bits.iter().map(move |bit| (byte, *bit))) {
            for (signed, finished, seen) in VIEWS {
                if !tells_more(message, signed, finished) {
                    continue;
                }
                let change = Change::Flip { byte, bit };
                let script = honest.clone().edit(Edit::Bytes(message, change)).viewed(signed, finished);
                let reach = seen_as(flipped(message, byte), message, signed, finished);
                all.push(mutant(role, format!("{message:?}, byte {byte}, bit {bit}{seen}"), script, reach));
            }
        }
    }
    all
}

/// Each message cut to each length, with and without a header that says so.
pub fn cuts(role: Role, authority: &Authority, lengths: &[(Message, usize)]) -> Vec<Mutant> {
    let honest = Script::honest(role, authority);
    let mut all = Vec::new();
    for (message, length) in lengths.iter().copied() {
        let mut add = |change, name: String| {
            let script = honest.clone().edit(Edit::Bytes(message, change));
            all.push(mutant(role, name, script, limit(message)));
        };
        // Cut to nothing it is missing, which is another alteration.
        for kept in 1..length {
            add(Change::Truncate(kept), format!("{message:?} cut to {kept}"));
        }
        for kept in 0..length - HEADER_BYTES {
            add(Change::Shorten(kept), format!("{message:?} shortened to {kept}"));
        }
    }
    all
}

/// A message that is refused whatever comes after it needs to be seen one way only.
fn tells_more(message: Message, signed: View, finished: View) -> bool {
    match message {
        Message::Certificate | Message::CertificateVerify | Message::Finished => {
            signed == finished && signed == View::Received
        }
        _ => true,
    }
}

fn flipped(message: Message, byte: usize) -> Reach {
    match message {
        _ if byte < HEADER_BYTES => limit(message),
        Message::FirstHello | Message::ClientHello => Reach::Either(names::ANOTHER_HELLO),
        Message::ServerHello => Reach::Either(names::ANOTHER_SERVER_HELLO),
        Message::CertificateRequest => Reach::Either(names::ANOTHER_REQUEST),
        _ => limit(message),
    }
}
