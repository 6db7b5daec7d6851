//! What a server says between its hello and its certificate.

use super::{Mutant, Reach, limit, mutant, names};
use crate::hello::{ALPN, EARLY_DATA, KEY_SHARE, SERVER_NAME, SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS, numbers};
use crate::wire::{vec8, vec16};
use crate::{Change, Edit, Message, Role, Script};

pub(super) fn mutants(honest: &Script) -> Vec<Mutant> {
    type Change_ = fn(&mut Script);
    const NO: Reach = Reach::Nothing;
    const IGNORED: Reach = Reach::Release(names::UNKNOWN_EXTENSION);
    let changes: Vec<(&str, Change_, Reach)> = vec![
        ("encrypted extensions: server name", |s| s.encrypted_extensions.push((SERVER_NAME, Vec::new())), IGNORED),
        (
            "encrypted extensions: groups",
            |s| s.encrypted_extensions.push((SUPPORTED_GROUPS, vec16(&numbers(&[29])))),
            IGNORED,
        ),
        ("encrypted extensions: unknown", |s| s.encrypted_extensions.push((0xfafa, Vec::new())), NO),
        ("encrypted extensions: a protocol", |s| s.encrypted_extensions.push((ALPN, vec16(&vec8(b"h2")))), NO),
        ("encrypted extensions: early data", |s| s.encrypted_extensions.push((EARLY_DATA, Vec::new())), NO),
        ("encrypted extensions: a key share", |s| s.encrypted_extensions.push((KEY_SHARE, numbers(&[29]))), NO),
        ("encrypted extensions: twice the same", |s| s.encrypted_extensions = vec![(SERVER_NAME, Vec::new()); 2], NO),
        ("request: a context", |s| s.request_context = vec![1], NO),
        ("request: without schemes", |s| s.request_extensions.clear(), NO),
        ("request: an empty list of schemes", |s| s.request_extensions = vec![(SIGNATURE_ALGORITHMS, vec16(&[]))], NO),
        (
            "request: schemes that the guest lacks",
            |s| {
                s.request_extensions = vec![(SIGNATURE_ALGORITHMS, vec16(&numbers(&[0x0804, 0x0807])))];
            },
            // The guest then shows no certificate: only one side has proved itself.
            limit(Message::Finished),
        ),
        ("request: unknown", |s| s.request_extensions.push((0xfafa, vec![1])), IGNORED),
        ("request: twice the same", |s| s.request_extensions = vec![s.request_extensions[0].clone(); 2], NO),
    ];
    let named = |(name, change, reach): (&str, Change_, Reach)| {
        let mut script = honest.clone();
        change(&mut script);
        mutant(Role::Server, name, script, reach)
    };
    let longer = [Message::EncryptedExtensions, Message::CertificateRequest].map(|message| {
        let script = honest.clone().edit(Edit::Bytes(message, Change::Lengthen(vec![0])));
        mutant(Role::Server, format!("{message:?} with a byte at its end"), script, NO)
    });
    changes.into_iter().map(named).chain(longer).collect()
}
