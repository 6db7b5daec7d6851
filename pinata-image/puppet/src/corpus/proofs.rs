//! Signatures and Finished messages that prove nothing.

use super::{Mutant, Reach, limit, mutant};
use crate::authority::derived_key;
use crate::der;
use crate::{Change, Digested, Edit, FinishedBy, Message, Over, Role, Script, signature_prefix};

/// ECDSA has no single signature: (r, n − s) verifies wherever (r, s) does, and nothing here takes it for a name.
const NEGATED: &str = "SEC 1, section 4.1.4: both signatures verify";

pub(super) fn mutants(role: Role, honest: &Script) -> Vec<Mutant> {
    let (own, others) = match role {
        Role::Client => ("client", "server"),
        Role::Server => ("server", "client"),
    };
    let mut all = Vec::new();
    let mut add = |name: &str, change: &dyn Fn(&mut Script), reach| {
        let mut script = honest.clone();
        change(&mut script);
        all.push(mutant(role, name, script, reach));
    };

    let mut unsigned =
        |name: &str, change: &dyn Fn(&mut Script)| add(&format!("signature: {name}"), change, Reach::Chain);
    unsigned("by another key", &|s| s.signing.key = derived_key(&[8; 32], "another"));
    unsigned("over the hellos alone", &|s| s.signing.over = Over::Hellos);
    unsigned("over nothing", &|s| s.signing.over = Over::Nothing);
    for (name, prefix) in [
        ("in the other role", signature_prefix(&format!("TLS 1.3, {others} CertificateVerify"))),
        ("in another version", signature_prefix(&format!("TLS 1.2, {own} CertificateVerify"))),
        ("in small letters", signature_prefix(&format!("tls 1.3, {own} certificateverify"))),
        ("without a context", signature_prefix("")),
        ("without a prefix", Vec::new()),
        ("with 63 spaces", signature_prefix(&format!("TLS 1.3, {own} CertificateVerify"))[1..].to_vec()),
        ("without a zero", [&[b' '; 64], format!("TLS 1.3, {own} CertificateVerify").as_bytes()].concat()),
    ] {
        unsigned(name, &|s| s.signing.prefix.clone_from(&prefix));
    }
    for scheme in
        [0, 0x0203, 0x0401, 0x0402, 0x0404, 0x0503, 0x0603, 0x0804, 0x0805, 0x0807, 0x0808, 0x081a, 0x0a0a, 0xffff]
    {
        unsigned(&format!("of scheme {scheme:04x}"), &|s| s.signing.scheme = scheme);
    }
    unsigned("with SHA-384", &|s| s.signing.digest = Digested::Sha384);
    let (zero, one) = (der::value(der::INTEGER, &[0]), der::value(der::INTEGER, &[1]));
    let order = [&[0][..], &N].concat();
    let order = der::value(der::INTEGER, &order);
    for (name, bytes) in [
        ("of no bytes", Vec::new()),
        ("of one byte", vec![0x30]),
        ("of (0, 0)", der::sequence(&[&zero, &zero])),
        ("of (0, 1)", der::sequence(&[&zero, &one])),
        ("of (1, 0)", der::sequence(&[&one, &zero])),
        ("of (1, 1)", der::sequence(&[&one, &one])),
        ("of (n, n)", der::sequence(&[&order, &order])),
        ("of (n, 1)", der::sequence(&[&order, &one])),
        ("of one number", der::sequence(&[&one])),
        ("of three numbers", der::sequence(&[&one, &one, &one])),
        (
            "of negative numbers",
            der::sequence(&[&der::value(der::INTEGER, &[0xff]), &der::value(der::INTEGER, &[0xff])]),
        ),
        ("of an endless sequence", vec![0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0]),
        ("of 64 bytes", vec![1; 64]),
        ("of 60,000 bytes", vec![1; 60_000]),
    ] {
        unsigned(name, &|s| s.signing.digest = Digested::Bytes(bytes.clone()));
    }
    for (name, change) in [
        ("a byte at its end", Change::Lengthen(vec![0])),
        ("something else instead", Change::Replace(vec![16, 0, 0, 0])),
    ] {
        unsigned(name, &|s| s.edits.push(Edit::Bytes(Message::CertificateVerify, change.clone())));
    }
    add("signature: with −s", &|s| s.signing.digest = Digested::Negated, Reach::Release(NEGATED));

    let mut unfinished = |name: &str, change: &dyn Fn(&mut Script)| {
        add(&format!("Finished: {name}"), change, limit(Message::Finished));
    };
    unfinished("by the other side's key", &|s| s.finished = FinishedBy::PeersKey);
    unfinished("over the hellos alone", &|s| s.finished = FinishedBy::Hellos);
    unfinished("of zeros", &|s| s.finished = FinishedBy::Zeros);
    for (name, change) in [
        ("a byte at its end", Change::Lengthen(vec![0])),
        ("a byte after it", Change::Append(vec![0])),
        ("a message after it", Change::Append(vec![24, 0, 0, 1, 0])),
        ("empty", Change::Replace(vec![20, 0, 0, 0])),
        ("something else instead", Change::Replace(vec![24, 0, 0, 1, 0])),
    ] {
        unfinished(name, &|s| s.edits.push(Edit::Bytes(Message::Finished, change.clone())));
    }
    all
}

/// P-256's order (SEC 2, section 2.4.2).
const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
