//! What comes first, and in which records.

use super::{recited, scripted};
use crate::Case;
use crate::actor::in_record;
use pinata_puppet::record::{ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, header, plain};
use pinata_puppet::wire::message;
use pinata_puppet::{Edit, Extra, Message, Script, Wrapping};

const TLS10: u16 = 0x0301;
const RECORD_MAX: usize = 16_384;
/// RFC 8446, section 5.2: no record of ciphertext is longer.
const CIPHERTEXT_MAX: usize = RECORD_MAX + 256;

pub(super) fn cases(honest: &Script) -> Vec<Case> {
    let hello = honest.client_hello.encode();
    let mut all = Vec::new();
    for kind in [0, 2, 3, 4, 5, 6, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 24, 25, 254, 255] {
        all.push(recited(format!("first message of type {kind}"), vec![in_record(&message(kind, &hello[4..]))]));
    }
    for kind in [0, 1, 2, 13, 14, 20] {
        all.push(recited(format!("first message of type {kind}, empty"), vec![in_record(&message(kind, &[]))]));
    }
    for kind in [0, 19, 20, 21, 23, 24, 25, 26, 128, 255] {
        all.push(recited(format!("hello in a record of type {kind}"), vec![plain(kind, &hello)]));
    }
    for version in [0, 2, 0x0200, 0x0300, 0x0302, 0x0305, 0x0400, 0x1603, 0x7f03, 0xfeff, 0xffff] {
        let edit = Edit::Wrap(Message::ClientHello, Wrapping::Version(version));
        all.push(scripted(format!("hello in a record of version {version:04x}"), honest.clone().edit(edit)));
    }
    for size in [2, 3, 4, 5, 6, 32, 100] {
        let edit = Edit::Wrap(Message::ClientHello, Wrapping::Split(size));
        all.push(scripted(format!("hello in records of {size} bytes"), honest.clone().edit(edit)));
    }
    for length in [RECORD_MAX, RECORD_MAX + 1, CIPHERTEXT_MAX, CIPHERTEXT_MAX + 1, 0x7fff, 0xffff] {
        let begun = [&header(HANDSHAKE, TLS10, length)[..], &vec![1; length]].concat();
        all.push(recited(format!("a first record of {length} bytes"), vec![begun]));
    }
    for length in [0x4001, 0xffff, 0x1_0000, 0x2_0000, 0xff_ffff] {
        let size = &(length as u32).to_be_bytes()[1..];
        let begun = in_record(&[&[1], size, &hello[4..]].concat());
        all.push(recited(format!("a hello that says it has {length} bytes"), vec![begun]));
    }
    all.extend(before_and_after(honest));
    all.extend(between_fragments(&hello));
    all.extend(together(&hello));
    all
}

fn before_and_after(honest: &Script) -> Vec<Case> {
    let mut all = Vec::new();
    let mut add = |name: String, extras: Vec<Extra>| {
        let with = |edit: fn(Message, Extra) -> Edit| {
            extras.iter().fold(honest.clone(), |script, extra| script.edit(edit(Message::ClientHello, extra.clone())))
        };
        all.push(scripted(format!("{name} before the hello"), with(Edit::Before)));
        all.push(scripted(format!("{name} after the hello"), with(Edit::After)));
    };
    for code in [1, 20, 41, 90, 100, 110, 112] {
        add(format!("warning {code}"), vec![Extra::plain(ALERT, &[1, code])]);
    }
    for code in [1, 10, 20, 47, 80, 90] {
        add(format!("fatal alert {code}"), vec![Extra::plain(ALERT, &[2, code])]);
    }
    add("close_notify that calls itself fatal".into(), vec![Extra::plain(ALERT, &[2, 0])]);
    add("an alert of level 3".into(), vec![Extra::plain(ALERT, &[3, 40])]);
    add("an alert of no bytes".into(), vec![Extra::plain(ALERT, &[])]);
    add("an alert of three bytes".into(), vec![Extra::plain(ALERT, &[2, 40, 0])]);
    for times in [2, 3, 40] {
        add(format!("{times} change_cipher_specs"), vec![Extra::plain(CHANGE_CIPHER_SPEC, &[1]); times]);
    }
    add("a change_cipher_spec of zero".into(), vec![Extra::plain(CHANGE_CIPHER_SPEC, &[0])]);
    for times in [2, 40] {
        add(format!("{times} empty records of data"), vec![Extra::plain(APPLICATION_DATA, &[]); times]);
        add(format!("{times} empty records of handshake"), vec![Extra::plain(HANDSHAKE, &[]); times]);
        add(format!("{times} warnings"), vec![Extra::plain(ALERT, &[1, 90]); times]);
    }
    add("ciphertext".into(), vec![Extra::plain(APPLICATION_DATA, &[0x5c; 80])]);
    add("ciphertext of sixteen bytes".into(), vec![Extra::plain(APPLICATION_DATA, &[0x5c; 16])]);
    add("ciphertext of a whole record".into(), vec![Extra::plain(APPLICATION_DATA, &[0x5c; CIPHERTEXT_MAX])]);
    all
}

/// RFC 8446, section 5.1: nothing comes between the parts of a message.
fn between_fragments(hello: &[u8]) -> Vec<Case> {
    let (first, second) = hello.split_at(hello.len() / 2);
    let around = |name: &str, between: Vec<u8>| {
        recited(
            format!("{name} inside the hello"),
            vec![[plain(HANDSHAKE, first), between, plain(HANDSHAKE, second)].concat()],
        )
    };
    vec![
        around("nothing", Vec::new()),
        around("a change_cipher_spec", plain(CHANGE_CIPHER_SPEC, &[1])),
        around("a warning", plain(ALERT, &[1, 90])),
        around("close_notify", plain(ALERT, &[1, 0])),
        around("data", plain(APPLICATION_DATA, &[1; 40])),
        around("no data", plain(APPLICATION_DATA, &[])),
        around("an empty record of handshake", plain(HANDSHAKE, &[])),
        around("an unknown record", plain(99, &[1])),
    ]
}

/// A hello with something in the same record.
fn together(hello: &[u8]) -> Vec<Case> {
    let with = |name: &str, more: &[u8]| {
        recited(format!("hello and {name} in one record"), vec![plain(HANDSHAKE, &[hello, more].concat())])
    };
    vec![
        with("itself", hello),
        with("a byte", &[0]),
        with("half a header", &[11, 0]),
        with("the beginning of a message", &[11, 0, 0, 9, 1]),
        with("Finished", &message(20, &[0; 32])),
        with("a message of no bytes", &message(14, &[])),
        with("key_update", &message(24, &[0])),
        recited("hello twice, in two records", vec![[in_record(hello), in_record(hello)].concat()]),
        recited("hello and then half a record", vec![[&in_record(hello)[..], &[23, 3, 3, 0, 40, 1]].concat()]),
        recited("hello and then half a header", vec![[&in_record(hello)[..], &[23, 3]].concat()]),
        recited("hello without its last byte", vec![plain(HANDSHAKE, &hello[..hello.len() - 1])]),
    ]
}
