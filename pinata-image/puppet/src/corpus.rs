//! Named alterations of a handshake, each with the furthest that a receiver may come.

mod bytes;
mod certificates;
mod hellos;
mod names;
mod order;
mod proofs;
mod records;
mod requests;
mod retries;
#[cfg(test)]
mod tests;

pub use bytes::{cuts, flips, flips_in};
pub use retries::asks_twice;

use crate::{Authority, Message, Role, Script, View};

/// How far a receiver may come on its way to believe the puppet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It looks at no certificate.
    Nothing,
    /// It accepts no certificate.
    Certificate,
    /// It accepts the certificate, and no signature.
    Chain,
    /// It accepts certificate and signature, and no Finished.
    Possession,
    /// It may accept or refuse, for this reason: the puppet proves all that it should.
    Either(&'static str),
    /// It must accept, for this reason.
    Release(&'static str),
}

impl Reach {
    /// Whether a receiver that is convinced is in the wrong.
    pub fn forbids_release(self) -> bool {
        self <= Reach::Possession
    }
}

/// One altered handshake.
#[derive(Clone)]
pub struct Mutant {
    pub name: String,
    /// The puppet's role.
    pub role: Role,
    pub script: Script,
    pub reach: Reach,
}

/// All that is not counted through byte by byte. Names are unique within a role.
pub fn named(role: Role, authority: &Authority) -> Vec<Mutant> {
    let honest = Script::honest(role, authority);
    let mut all = order::mutants(role, &honest);
    all.extend(match role {
        Role::Client => [hellos::clients(&honest), retries::mutants(&honest)].concat(),
        Role::Server => [hellos::servers(&honest), requests::mutants(&honest)].concat(),
    });
    all.extend(certificates::mutants(role, authority));
    all.extend(proofs::mutants(role, &honest));
    all.extend(records::mutants(role, &honest));
    all
}

/// How far a receiver may come if a message is not as it must be.
pub fn limit(message: Message) -> Reach {
    match message {
        Message::Certificate => Reach::Certificate,
        Message::CertificateVerify => Reach::Chain,
        Message::Finished => Reach::Possession,
        _ => Reach::Nothing,
    }
}

/// The four ways in which signature and Finished can be over an altered transcript.
const VIEWS: [(View, View, &str); 4] = [
    (View::Received, View::Received, ""),
    (View::Received, View::Meant, ", Finished as meant"),
    (View::Meant, View::Received, ", signature as meant"),
    (View::Meant, View::Meant, ", both as meant"),
];

/// What is left of a reach if what comes after an altered message is over a transcript that the receiver does not see.
fn seen_as(reach: Reach, altered: Message, signed: View, finished: View) -> Reach {
    let is_signed = !matches!(altered, Message::CertificateVerify | Message::Finished);
    let is_authenticated = altered != Message::Finished;
    match (signed, finished) {
        (View::Meant, _) if is_signed => reach.min(Reach::Chain),
        (_, View::Meant) if is_authenticated => reach.min(Reach::Possession),
        _ => reach,
    }
}

fn mutant(role: Role, name: impl Into<String>, script: Script, reach: Reach) -> Mutant {
    Mutant { name: name.into(), role, script, reach }
}
