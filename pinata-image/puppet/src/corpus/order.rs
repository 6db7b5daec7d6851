//! Messages that are missing, twice, or out of their order.

use super::{Mutant, Reach, VIEWS, limit, mutant, names, seen_as};
use crate::{Edit, Message, Role, Script};

pub(super) fn mutants(role: Role, honest: &Script) -> Vec<Mutant> {
    let flights = Message::flights(role);
    let messages: Vec<Message> = flights.concat();
    let mut all = Vec::new();
    for flight in flights {
        for (at, message) in flight.iter().copied().enumerate() {
            let after = messages.iter().position(|other| *other == message).and_then(|at| messages.get(at + 1));
            let missing = match message {
                // The library completes the handshake, but then only one side has proved itself.
                Message::CertificateRequest => limit(Message::Finished),
                _ => limit(message),
            };
            let twice = after.map_or(Reach::Either(names::COMPLETE), |after| limit(*after));
            let mut edits = vec![(Edit::Drop(message), "without", missing), (Edit::Repeat(message), "twice", twice)];
            if at + 1 < flight.len() {
                edits.push((Edit::Swap(message), "after the next:", limit(message)));
            }
            for (edit, what, reach) in edits {
                for (signed, finished, seen) in VIEWS {
                    let script = honest.clone().edit(edit.clone()).viewed(signed, finished);
                    let name = format!("{what} {message:?}{seen}");
                    all.push(mutant(role, name, script, seen_as(reach, message, signed, finished)));
                }
            }
        }
    }
    let coalesced = Script { is_coalesced: true, ..honest.clone() };
    all.push(mutant(role, "all messages in one record", coalesced, Reach::Release(names::FRAGMENTS)));
    all
}
