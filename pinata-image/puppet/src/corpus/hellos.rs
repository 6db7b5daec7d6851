//! Hellos that say something else, or nothing that can be understood.

use super::{Mutant, Reach, mutant, names};
use crate::hello::{
    ALPN, COOKIE, ClientHello, EARLY_DATA, Extensions, KEY_SHARE, PRE_SHARED_KEY, PSK_KEY_EXCHANGE_MODES, RETRY_RANDOM,
    SERVER_NAME, SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS, SUPPORTED_VERSIONS, ServerHello, TLS12, TLS13, X25519,
    numbers,
};
use crate::wire::{vec8, vec16};
use crate::{Change, Edit, Message, Role, Script};

const SECP256R1: u16 = 23;
/// Values that nobody may assign a meaning to (RFC 8701).
const GREASE: u16 = 0x0a0a;
/// The rest of a session id's type, `legacy_session_id<0..32>`.
const SESSION_ID_MAX: usize = 32;

fn share(group: u16, key: &[u8]) -> Vec<u8> {
    [&numbers(&[group])[..], &vec16(key)].concat()
}

pub(super) fn clients(honest: &Script) -> Vec<Mutant> {
    type Change = fn(&mut ClientHello);
    const NO: Reach = Reach::Nothing;
    const FINE: Reach = Reach::Release(names::ANOTHER_HELLO);
    const IGNORED: Reach = Reach::Release(names::UNKNOWN_EXTENSION);
    let changes: Vec<(&str, Change, Reach)> = vec![
        ("legacy version 0", |h| h.legacy_version = 0, FINE),
        ("legacy version of TLS 1.0", |h| h.legacy_version = 0x0301, FINE),
        ("legacy version of TLS 1.3", |h| h.legacy_version = TLS13, FINE),
        ("a random of zeros", |h| h.random = vec![0; 32], FINE),
        ("the random of a retry", |h| h.random = RETRY_RANDOM.to_vec(), FINE),
        ("a random of 31 bytes", |h| h.random.truncate(31), NO),
        ("no session id", |h| h.session_id.clear(), FINE),
        ("a session id of a byte", |h| h.session_id = vec![1], FINE),
        ("a session id that is too long", |h| h.session_id = vec![1; SESSION_ID_MAX + 1], NO),
        ("no suites", |h| h.suites.clear(), NO),
        ("unknown suites", |h| h.suites = vec![GREASE, 0xffff], NO),
        ("suites of TLS 1.2", |h| h.suites = vec![0xc02b, 0xc02f, 0x009c], NO),
        ("a suite with SHA-384", |h| h.suites = vec![0x1302], NO),
        ("a suite with a short tag", |h| h.suites = vec![0x1305, 0x1304], NO),
        ("ChaCha20-Poly1305", |h| h.suites = vec![0x1303], FINE),
        ("an unknown suite before", |h| h.suites.insert(0, GREASE), FINE),
        ("a signal to fall back", |h| h.suites.push(0x5600), FINE),
        ("the same suite often", |h| h.suites = vec![0x1301; 300], FINE),
        ("no compression method", |h| h.compression.clear(), NO),
        ("compression alone", |h| h.compression = vec![1], NO),
        ("no extensions", |h| h.extensions.clear(), NO),
        ("no versions", |h| h.extensions.unset(SUPPORTED_VERSIONS), NO),
        ("an empty list of versions", |h| h.extensions.set(SUPPORTED_VERSIONS, vec8(&[])), NO),
        ("TLS 1.2 alone", |h| h.extensions.set(SUPPORTED_VERSIONS, vec8(&numbers(&[TLS12]))), NO),
        ("a draft of TLS 1.3", |h| h.extensions.set(SUPPORTED_VERSIONS, vec8(&numbers(&[0x7f1c]))), NO),
        ("a version of the future", |h| h.extensions.set(SUPPORTED_VERSIONS, vec8(&numbers(&[0x0305]))), NO),
        ("half a version", |h| h.extensions.set(SUPPORTED_VERSIONS, vec8(&[3])), NO),
        (
            "more versions",
            |h| h.extensions.set(SUPPORTED_VERSIONS, vec8(&numbers(&[GREASE, 0x0305, TLS13, TLS12]))),
            FINE,
        ),
        ("no groups", |h| h.extensions.unset(SUPPORTED_GROUPS), NO),
        ("an empty list of groups", |h| h.extensions.set(SUPPORTED_GROUPS, vec16(&[])), NO),
        ("unknown groups", |h| h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[GREASE, 0x0100]))), NO),
        ("more groups", |h| h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[GREASE, X25519, SECP256R1]))), FINE),
        ("no key share", |h| h.extensions.unset(KEY_SHARE), NO),
        ("an empty list of shares", |h| h.extensions.set(KEY_SHARE, vec16(&[])), NO),
        ("a share of zeros", |h| h.extensions.set(KEY_SHARE, vec16(&share(X25519, &[0; 32]))), NO),
        ("a share of small order", |h| h.extensions.set(KEY_SHARE, vec16(&share(X25519, &one()))), NO),
        ("a share of no bytes", |h| h.extensions.set(KEY_SHARE, vec16(&share(X25519, &[]))), NO),
        ("a share of 31 bytes", |h| h.extensions.set(KEY_SHARE, vec16(&share(X25519, &[9; 31]))), NO),
        ("a share of 33 bytes", |h| h.extensions.set(KEY_SHARE, vec16(&share(X25519, &[9; 33]))), NO),
        ("a share of another group", |h| h.extensions.set(KEY_SHARE, vec16(&share(SECP256R1, &[4; 65]))), NO),
        (
            "a share off the curve",
            |h| {
                h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[SECP256R1])));
                h.extensions.set(KEY_SHARE, vec16(&share(SECP256R1, &[4; 65])));
            },
            NO,
        ),
        ("no signature algorithms", |h| h.extensions.unset(SIGNATURE_ALGORITHMS), NO),
        ("an empty list of signature algorithms", |h| h.extensions.set(SIGNATURE_ALGORITHMS, vec16(&[])), NO),
        (
            "signature algorithms that the certificate is not for",
            |h| {
                h.extensions.set(SIGNATURE_ALGORITHMS, vec16(&numbers(&[0x0804, 0x0401, 0x0807])));
            },
            NO,
        ),
        (
            "more signature algorithms",
            |h| {
                h.extensions.set(SIGNATURE_ALGORITHMS, vec16(&numbers(&[0x0804, GREASE, 0x0403, 0x0201])));
            },
            FINE,
        ),
        ("no server name", |h| h.extensions.unset(SERVER_NAME), FINE),
        ("another server name", |h| h.extensions.set(SERVER_NAME, server_name(b"example.com")), FINE),
        ("an empty server name", |h| h.extensions.set(SERVER_NAME, server_name(b"")), NO),
        ("an empty list of server names", |h| h.extensions.set(SERVER_NAME, vec16(&[])), NO),
        ("an extension that nobody knows", |h| h.extensions.push((0xfafa, vec![1, 2, 3])), IGNORED),
        ("an empty extension that nobody knows", |h| h.extensions.insert(0, (GREASE, Vec::new())), IGNORED),
        ("a large extension that nobody knows", |h| h.extensions.push((0xfafa, vec![7; 20_000])), IGNORED),
        (
            "many extensions that nobody knows",
            |h| h.extensions.extend((0..60).map(|n| (0xfa00 + n, Vec::new()))),
            IGNORED,
        ),
        ("padding", |h| h.extensions.push((21, vec![0; 500])), IGNORED),
        ("a protocol by ALPN", |h| h.extensions.push((ALPN, vec16(&vec8(b"h2")))), IGNORED),
        ("an empty list by ALPN", |h| h.extensions.push((ALPN, vec16(&[]))), NO),
        ("a list of authorities", |h| h.extensions.push((47, vec16(&vec16(&crate::der::common_name("x"))))), IGNORED),
        ("session tickets of old", |h| h.extensions.push((35, vec![5; 40])), IGNORED),
        ("renegotiation of old", |h| h.extensions.push((0xff01, vec![0])), IGNORED),
        ("an extension twice", |h| h.extensions.push((SUPPORTED_VERSIONS, vec8(&numbers(&[TLS13])))), NO),
        (
            "shares twice",
            |h| {
                let shares = h.extensions.iter().find(|(kind, _)| *kind == KEY_SHARE).cloned();
                h.extensions.extend(shares);
            },
            NO,
        ),
        ("a cookie that nobody gave", |h| h.extensions.push((COOKIE, vec16(&[1]))), IGNORED),
        ("early data without a key", |h| h.extensions.push((EARLY_DATA, Vec::new())), IGNORED),
        ("a pre-shared key that nobody has", pre_shared_key, FINE),
        (
            "a pre-shared key without modes",
            |h| {
                pre_shared_key(h);
                h.extensions.unset(PSK_KEY_EXCHANGE_MODES);
            },
            NO,
        ),
        (
            "a pre-shared key that is not last",
            |h| {
                pre_shared_key(h);
                h.extensions.rotate_right(1);
            },
            NO,
        ),
        (
            "a pre-shared key without a binder",
            |h| {
                pre_shared_key(h);
                h.extensions
                    .set(PRE_SHARED_KEY, [vec16(&[&vec16(b"ticket")[..], &[0; 4]].concat()), vec16(&[])].concat());
            },
            NO,
        ),
        (
            "a pre-shared key and early data",
            |h| {
                h.extensions.push((EARLY_DATA, Vec::new()));
                pre_shared_key(h);
            },
            FINE,
        ),
        ("compressed certificates", |h| h.extensions.push((27, vec8(&numbers(&[2])))), IGNORED),
        ("a certificate type of old", |h| h.extensions.push((9, vec8(&[1]))), IGNORED),
        ("raw public keys", |h| h.extensions.push((19, vec8(&[2]))), NO),
        ("a limit of record sizes", |h| h.extensions.push((28, vec![0x40, 1])), IGNORED),
        ("a maximal fragment length", |h| h.extensions.push((1, vec![1])), IGNORED),
        ("authentication after the handshake", |h| h.extensions.push((49, Vec::new())), IGNORED),
    ];
    let named = |(name, change, reach): (&str, Change, Reach)| {
        let mut script = honest.clone();
        change(&mut script.client_hello);
        mutant(Role::Client, format!("hello: {name}"), script, reach)
    };
    changes.into_iter().map(named).chain(lengths(Role::Client, Message::ClientHello, honest)).collect()
}

pub(super) fn servers(honest: &Script) -> Vec<Mutant> {
    type Change = fn(&mut ServerHello);
    const NO: Reach = Reach::Nothing;
    const FINE: Reach = Reach::Release(names::ANOTHER_SERVER_HELLO);
    let changes: Vec<(&str, Change, Reach)> = vec![
        ("legacy version of TLS 1.3", |h| h.legacy_version = TLS13, Reach::Either(names::HELLO_VERSION)),
        ("legacy version of TLS 1.0", |h| h.legacy_version = 0x0301, Reach::Either(names::HELLO_VERSION)),
        ("legacy version 0", |h| h.legacy_version = 0, Reach::Either(names::HELLO_VERSION)),
        ("a random of zeros", |h| h.random = vec![0; 32], FINE),
        ("a random of 31 bytes", |h| h.random.truncate(31), NO),
        ("the mark of a downgrade", |h| h.random[24..].copy_from_slice(b"DOWNGRD\x01"), FINE),
        (
            "a retry for the same group",
            |h| {
                h.random = RETRY_RANDOM.to_vec();
                h.extensions.set(KEY_SHARE, numbers(&[X25519]));
            },
            NO,
        ),
        (
            "a retry for an unknown group",
            |h| {
                h.random = RETRY_RANDOM.to_vec();
                h.extensions.set(KEY_SHARE, numbers(&[GREASE]));
            },
            NO,
        ),
        (
            "a retry without a change",
            |h| {
                h.random = RETRY_RANDOM.to_vec();
                h.extensions.unset(KEY_SHARE);
            },
            NO,
        ),
        (
            "a retry with a cookie",
            |h| {
                h.random = RETRY_RANDOM.to_vec();
                h.extensions.set(KEY_SHARE, numbers(&[SECP256R1]));
                h.extensions.push((COOKIE, vec16(&[1])));
            },
            NO,
        ),
        ("no session id", |h| h.session_id = Some(Vec::new()), Reach::Either(names::SESSION_ID_ECHO)),
        ("another session id", |h| h.session_id = Some(vec![1; SESSION_ID_MAX]), Reach::Either(names::SESSION_ID_ECHO)),
        ("a session id that is too long", |h| h.session_id = Some(vec![1; SESSION_ID_MAX + 1]), NO),
        ("a suite that was not offered", |h| h.suite = Some(0x1302), NO),
        ("a suite of TLS 1.2", |h| h.suite = Some(0xc02b), NO),
        ("suite 0", |h| h.suite = Some(0), NO),
        ("compression", |h| h.compression = 1, NO),
        ("no extensions", |h| h.extensions.clear(), NO),
        ("no version", |h| h.extensions.unset(SUPPORTED_VERSIONS), NO),
        ("TLS 1.2", |h| h.extensions.set(SUPPORTED_VERSIONS, numbers(&[TLS12])), NO),
        ("a version of the future", |h| h.extensions.set(SUPPORTED_VERSIONS, numbers(&[0x0305])), NO),
        ("half a version", |h| h.extensions.set(SUPPORTED_VERSIONS, vec![3]), NO),
        ("two versions", |h| h.extensions.set(SUPPORTED_VERSIONS, numbers(&[TLS13, TLS13])), NO),
        ("no key share", |h| h.extensions.unset(KEY_SHARE), NO),
        ("a share of zeros", |h| h.extensions.set(KEY_SHARE, share(X25519, &[0; 32])), NO),
        ("a share of small order", |h| h.extensions.set(KEY_SHARE, share(X25519, &one())), NO),
        ("a share of 31 bytes", |h| h.extensions.set(KEY_SHARE, share(X25519, &[9; 31])), NO),
        ("a share of 33 bytes", |h| h.extensions.set(KEY_SHARE, share(X25519, &[9; 33])), NO),
        ("a share of another group", |h| h.extensions.set(KEY_SHARE, share(SECP256R1, &[4; 65])), NO),
        ("a share of an unknown group", |h| h.extensions.set(KEY_SHARE, share(GREASE, &[9; 32])), NO),
        ("an extension that nobody asked for", |h| h.extensions.push((0xfafa, Vec::new())), NO),
        ("a protocol by ALPN", |h| h.extensions.push((ALPN, vec16(&vec8(b"h2")))), NO),
        ("an extension twice", |h| h.extensions.push((SUPPORTED_VERSIONS, numbers(&[TLS13]))), NO),
        ("a pre-shared key that nobody offered", |h| h.extensions.push((PRE_SHARED_KEY, numbers(&[0]))), NO),
    ];
    let named = |(name, change, reach): (&str, Change, Reach)| {
        let mut script = honest.clone();
        change(&mut script.server_hello);
        mutant(Role::Server, format!("hello: {name}"), script, reach)
    };
    changes.into_iter().map(named).chain(lengths(Role::Server, Message::ServerHello, honest)).collect()
}

/// Messages with something after their end.
fn lengths(role: Role, hello: Message, honest: &Script) -> Vec<Mutant> {
    let changed = |name: &str, change| {
        mutant(role, format!("hello: {name}"), honest.clone().edit(Edit::Bytes(hello, change)), Reach::Nothing)
    };
    vec![
        changed("a byte at its end", Change::Lengthen(vec![0])),
        changed("a byte after it", Change::Append(vec![0])),
        changed("a whole message after it", Change::Append(vec![8, 0, 0, 2, 0, 0])),
        changed("something else instead", Change::Replace(vec![14, 0, 0, 0])),
        changed("a length of 16 MiB", Change::Replace([&[hello.kind(), 0xff, 0xff, 0xff][..], &[3; 200]].concat())),
    ]
}

fn server_name(name: &[u8]) -> Vec<u8> {
    vec16(&[&[0][..], &vec16(name)].concat())
}

/// The point of order 1 whose u-coordinate is 1 (RFC 7748, section 6.1: the shared secret is then zeros).
fn one() -> [u8; 32] {
    let mut point = [0; 32];
    point[0] = 1;
    point
}

fn pre_shared_key(hello: &mut ClientHello) {
    let identities = vec16(&[&vec16(b"ticket")[..], &[0; 4]].concat());
    hello.extensions.push((PSK_KEY_EXCHANGE_MODES, vec8(&[1])));
    hello.extensions.push((PRE_SHARED_KEY, [identities, vec16(&vec8(&[0; 32]))].concat()));
}
