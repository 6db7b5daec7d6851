//! An input as a list of alterations to a puppet's honest script.

use crate::support::input::Input;
use pinata_puppet::hello::KEY_SHARE;
use pinata_puppet::{Change, Digested, Edit, Extra, FinishedBy, Message, Over, Role, Script, View, Wrapping};

const ALTERATIONS_MAX: usize = 12;
const MESSAGES: [Message; 8] = [
    Message::FirstHello,
    Message::ClientHello,
    Message::ServerHello,
    Message::EncryptedExtensions,
    Message::CertificateRequest,
    Message::Certificate,
    Message::CertificateVerify,
    Message::Finished,
];
/// Messages that are proofs: without them, and as they should be, nobody is to be believed.
const PROOFS: [Message; 3] = [Message::Certificate, Message::CertificateVerify, Message::Finished];
/// Content types of records, known and not.
const KINDS: [u8; 6] = [20, 21, 22, 23, 24, 0];
const ECDSA_P256_SHA256: u16 = 0x0403;

/// Applies the alterations that the input counts and lists. Returns whether one of them alone is enough for the peer not to be
/// believed.
pub fn alter(input: &mut Input<'_>, role: Role, script: &mut Script) -> bool {
    let mut spoilt = false;
    for _ in 0..input.below(ALTERATIONS_MAX) {
        spoilt |= match input.byte() % 4 {
            0 => alter_contents(input, script),
            1 => alter_proofs(input, script),
            _ => {
                let edit = edit(input, role);
                let spoils = does_spoil(&edit, script);
                if !has_changed_bytes(&edit, script) {
                    script.edits.push(edit);
                }
                spoils
            }
        };
    }
    spoilt
}

fn message(input: &mut Input<'_>, role: Role) -> Message {
    let is_sent = |message: &Message| match message {
        Message::FirstHello => role == Role::Client,
        _ => Message::flights(role).iter().any(|flight| flight.contains(message)),
    };
    let sent: Vec<Message> = MESSAGES.into_iter().filter(is_sent).collect();
    sent[usize::from(input.byte()) % sent.len()]
}

fn edit(input: &mut Input<'_>, role: Role) -> Edit {
    let (what, message) = (input.byte(), message(input, role));
    match what % 16 {
        0 => Edit::Drop(message),
        1 => Edit::Repeat(message),
        2 => Edit::Swap(message),
        3 => Edit::Before(message, extra(input)),
        4 => Edit::After(message, extra(input)),
        5..9 => Edit::Wrap(message, wrapping(input)),
        _ => Edit::Bytes(message, change(input)),
    }
}

/// Whether an edit cannot be made good by any other. Two flips may cancel each other, a message that is dropped may be flipped.
fn does_spoil(edit: &Edit, script: &Script) -> bool {
    match edit {
        Edit::Drop(message) => PROOFS.contains(message) && script.edits.is_empty(),
        Edit::Bytes(Message::CertificateVerify | Message::Finished, Change::Flip { .. } | Change::Truncate(_)) => {
            script.edits.is_empty()
        }
        _ => false,
    }
}

/// A puppet changes the bytes of an honest message, not of one that is empty by now.
fn has_changed_bytes(edit: &Edit, script: &Script) -> bool {
    let of_message = |edit: &Edit| match edit {
        Edit::Bytes(message, _) => Some(*message),
        _ => None,
    };
    of_message(edit).is_some_and(|message| script.edits.iter().any(|other| of_message(other) == Some(message)))
}

fn change(input: &mut Input<'_>) -> Change {
    match input.byte() % 6 {
        0 => Change::Flip { byte: usize::from(input.short()), bit: input.byte() % 8 },
        1 => Change::Truncate(usize::from(input.short())),
        2 => Change::Shorten(usize::from(input.short())),
        3 => Change::Append(input.piece().to_vec()),
        4 => Change::Lengthen(input.piece().to_vec()),
        _ => Change::Replace(input.piece().to_vec()),
    }
}

/// A record of any type.
pub fn extra(input: &mut Input<'_>) -> Extra {
    let (kind, is_plain) = (KINDS[usize::from(input.byte()) % KINDS.len()], input.flag());
    Extra { kind, body: input.piece().to_vec(), is_plain }
}

fn wrapping(input: &mut Input<'_>) -> Wrapping {
    match input.byte() % 10 {
        0 => Wrapping::Version(input.short()),
        1 => Wrapping::Type(input.byte()),
        2 => Wrapping::ContentType(input.byte()),
        3 => Wrapping::Padding(input.below(20_000)),
        4 => Wrapping::Plain,
        5 => Wrapping::OtherKeys,
        6 => Wrapping::Skipped,
        7 => Wrapping::BrokenTag,
        8 => Wrapping::Split(1 + input.below(4096)),
        _ => Wrapping::LongerBy(input.short()),
    }
}

/// What stands in the messages. All of it may be said by an honest peer, or not at all: nothing here spoils by itself.
fn alter_contents(input: &mut Input<'_>, script: &mut Script) -> bool {
    let what = input.byte();
    let list = match what % 5 {
        0 => &mut script.client_hello.extensions,
        1 => &mut script.server_hello.extensions,
        2 => &mut script.encrypted_extensions,
        3 => &mut script.request_extensions,
        _ => match script.certificates.first_mut() {
            Some((_, extensions)) => extensions,
            None => &mut script.encrypted_extensions,
        },
    };
    match what / 5 % 13 {
        0..3 => {
            let (kind, content) = (input.short(), input.piece().to_vec());
            match list.iter_mut().find(|(other, _)| *other == kind) {
                Some(place) => place.1 = content,
                None => list.push((kind, content)),
            }
        }
        3 => list.push((input.short(), input.piece().to_vec())),
        4 => {
            let kind = input.short();
            list.retain(|(other, _)| *other != kind);
        }
        5 => script.client_hello.suites = (0..input.below(5)).map(|_| input.short()).collect(),
        6 => script.client_hello.session_id = input.piece().to_vec(),
        7 => script.client_hello.compression = input.piece().to_vec(),
        8 => script.request_context = input.piece().to_vec(),
        9 => script.certificate_context = input.piece().to_vec(),
        10 => script.certificates.push((input.piece().to_vec(), Vec::new())),
        11 => script.is_coalesced = true,
        // A first hello without a share, so that the guest asks for another; what was altered before is in both.
        _ => {
            let mut first = script.client_hello.clone();
            first.extensions.retain(|(kind, _)| *kind != KEY_SHARE);
            first.extensions.push((KEY_SHARE, vec![0, 0]));
            script.first_hello = Some(first);
        }
    }
    false
}

/// How signature and Finished are made.
fn alter_proofs(input: &mut Input<'_>, script: &mut Script) -> bool {
    match input.byte() % 7 {
        0 => script.signing.scheme = input.short(),
        1 => script.signing.over = [Over::Hellos, Over::Nothing][usize::from(input.byte()) % 2],
        2 => script.signing.digest = Digested::Sha384,
        3 => script.signing.digest = Digested::Bytes(input.piece().to_vec()),
        4 => {
            script.finished =
                [FinishedBy::PeersKey, FinishedBy::Hellos, FinishedBy::Zeros][usize::from(input.byte()) % 3];
        }
        5 => script.signing.view = View::Meant,
        _ => script.finished_view = View::Meant,
    }
    script.signing.scheme != ECDSA_P256_SHA256
        || script.signing.over != Over::Transcript
        || script.signing.digest != Digested::Sha256
        || script.finished != FinishedBy::OwnKey
}
