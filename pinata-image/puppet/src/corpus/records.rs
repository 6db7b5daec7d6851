//! Records that are not as they should be, or should not be there.

use super::{Mutant, Reach, limit, mutant, names};
use crate::record::{ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE};
use crate::{Edit, Extra, Message, Role, Script, Wrapping};

const HEARTBEAT: u8 = 24;
const CLOSE_NOTIFY: u8 = 0;
const HANDSHAKE_FAILURE: u8 = 40;
const USER_CANCELED: u8 = 90;
const WARNING: u8 = 1;
const FATAL: u8 = 2;

pub(super) fn mutants(role: Role, honest: &Script) -> Vec<Mutant> {
    let messages = Message::flights(role).concat();
    let mut all = Vec::new();
    let mut add = |name: String, edit: Edit, reach| all.push(mutant(role, name, honest.clone().edit(edit), reach));
    for (at, message) in messages.iter().copied().enumerate() {
        for (name, wrapping, reach) in wrappings(message) {
            add(format!("record of {message:?}: {name}"), Edit::Wrap(message, wrapping), reach);
        }
        for (name, extra) in extras(role) {
            let reach = tolerated(&extra, at == 0).unwrap_or(limit(message));
            add(format!("before {message:?}: {name}"), Edit::Before(message, extra.clone()), reach);
            if message == Message::Finished {
                let reach = Reach::Either(names::COMPLETE);
                add(format!("after {message:?}: {name}"), Edit::After(message, extra), reach);
            }
        }
    }
    all
}

fn wrappings(message: Message) -> Vec<(&'static str, Wrapping, Reach)> {
    let refused = limit(message);
    let mistyped = if message.is_hello() { refused } else { Reach::Either(names::OUTER_TYPE) };
    let mut all = vec![
        ("legacy version of TLS 1.0", Wrapping::Version(0x0301), Reach::Release(names::RECORD_VERSION)),
        ("legacy version of TLS 1.3", Wrapping::Version(0x0304), Reach::Release(names::RECORD_VERSION)),
        ("a byte each", Wrapping::Split(1), Reach::Release(names::FRAGMENTS)),
        ("seven bytes each", Wrapping::Split(7), Reach::Release(names::FRAGMENTS)),
        ("a length that is too long", Wrapping::LongerBy(1), refused),
        ("an unknown type", Wrapping::Type(99), refused),
        ("type alert", Wrapping::Type(ALERT), mistyped),
        ("type change_cipher_spec", Wrapping::Type(CHANGE_CIPHER_SPEC), refused),
        ("content of type alert", Wrapping::ContentType(ALERT), refused),
        ("content of type application data", Wrapping::ContentType(APPLICATION_DATA), refused),
        ("content of type change_cipher_spec", Wrapping::ContentType(CHANGE_CIPHER_SPEC), refused),
        ("content of type 0", Wrapping::ContentType(0), refused),
        ("content of an unknown type", Wrapping::ContentType(99), refused),
        ("a broken last byte", Wrapping::BrokenTag, refused),
    ];
    if !message.is_hello() {
        all.extend([
            ("type handshake", Wrapping::Type(HANDSHAKE), mistyped),
            ("in plaintext", Wrapping::Plain, refused),
            ("under other keys", Wrapping::OtherKeys, refused),
            ("with the next nonce", Wrapping::Skipped, refused),
            ("a byte of padding", Wrapping::Padding(1), Reach::Release(names::PADDING)),
            ("10,000 bytes of padding", Wrapping::Padding(10_000), Reach::Release(names::PADDING)),
        ]);
    }
    all
}

fn extras(role: Role) -> Vec<(String, Extra)> {
    let mut all: Vec<(String, Extra)> = Vec::new();
    let mut both = |name: &str, kind, body: &[u8]| {
        all.push((format!("{name}, in plaintext"), Extra::plain(kind, body)));
        all.push((format!("{name}, protected"), Extra::protected(kind, body)));
    };
    both("change_cipher_spec", CHANGE_CIPHER_SPEC, &[1]);
    both("change_cipher_spec of 2", CHANGE_CIPHER_SPEC, &[2]);
    both("an empty change_cipher_spec", CHANGE_CIPHER_SPEC, &[]);
    both("two change_cipher_specs in one", CHANGE_CIPHER_SPEC, &[1, 1]);
    both("close_notify", ALERT, &[WARNING, CLOSE_NOTIFY]);
    both("handshake_failure", ALERT, &[FATAL, HANDSHAKE_FAILURE]);
    both("a warning", ALERT, &[WARNING, HANDSHAKE_FAILURE]);
    both("an alert that nobody knows", ALERT, &[FATAL, 255]);
    both("half an alert", ALERT, &[FATAL]);
    both("two alerts in one", ALERT, &[WARNING, USER_CANCELED, WARNING, USER_CANCELED]);
    both("application data", APPLICATION_DATA, b"GET / HTTP/1.0\r\n\r\n");
    both("no application data", APPLICATION_DATA, &[]);
    both("an empty handshake record", HANDSHAKE, &[]);
    both("half a message", HANDSHAKE, &[11, 0]);
    both("hello_request", HANDSHAKE, &[0, 0, 0, 0]);
    both("end_of_early_data", HANDSHAKE, &[5, 0, 0, 0]);
    both("key_update", HANDSHAKE, &[24, 0, 0, 1, 0]);
    both("key_update with a wish", HANDSHAKE, &[24, 0, 0, 1, 1]);
    both("new_session_ticket", HANDSHAKE, &TICKET);
    both("an unknown message", HANDSHAKE, &[99, 0, 0, 1, 0]);
    both("message_hash", HANDSHAKE, &[254, 0, 0, 1, 0]);
    both("heartbeat", HEARTBEAT, &[1, 0, 0]);
    both("an unknown record", 99, &[1]);
    both("a record that is too long", HANDSHAKE, &[0; 16_385]);
    all.push(("user_canceled, protected".into(), Extra::alert(WARNING, USER_CANCELED)));
    let others_hello = if role == Role::Client { Message::ServerHello } else { Message::ClientHello };
    let hello = [others_hello.kind(), 0, 0, 0];
    all.push(("the other side's hello".into(), Extra::protected(HANDSHAKE, &hello)));
    all
}

/// What a receiver drops, or may. `is_first`: nothing was said yet.
fn tolerated(extra: &Extra, is_first: bool) -> Option<Reach> {
    match (extra.kind, &extra.body[..]) {
        (ALERT, [WARNING, _]) if is_first => Some(Reach::Either(names::PLAIN_ALERT)),
        (ALERT, [WARNING, USER_CANCELED]) => Some(Reach::Release(names::USER_CANCELED)),
        (CHANGE_CIPHER_SPEC, [1]) if extra.is_plain && !is_first => Some(Reach::Release(names::COMPATIBILITY)),
        (HANDSHAKE, []) if !extra.is_plain && !is_first => Some(Reach::Either(names::EMPTY_RECORD)),
        _ => None,
    }
}

/// Lifetime, age, an empty nonce, a ticket of one byte, no extensions (RFC 8446, section 4.6.1).
const TICKET: [u8; 18] = [4, 0, 0, 14, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 7, 0, 0];
