//! What a hello may say in its fields and extensions.

use super::{shares, with_hello};
use crate::Case;
use pinata_puppet::Script;
use pinata_puppet::hello::{
    ALPN, COOKIE, ClientHello, EARLY_DATA, Extensions, KEY_SHARE, PRE_SHARED_KEY, PSK_KEY_EXCHANGE_MODES, SERVER_NAME,
    SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS, SUPPORTED_VERSIONS, TLS12, TLS13, X25519, numbers,
};
use pinata_puppet::wire::{vec8, vec16};

const MAX_FRAGMENT_LENGTH: u16 = 1;
const STATUS_REQUEST: u16 = 5;
const CLIENT_CERTIFICATE_TYPE: u16 = 19;
const SERVER_CERTIFICATE_TYPE: u16 = 20;
const PADDING: u16 = 21;
const ENCRYPT_THEN_MAC: u16 = 22;
const EXTENDED_MASTER_SECRET: u16 = 23;
const COMPRESS_CERTIFICATE: u16 = 27;
const RECORD_SIZE_LIMIT: u16 = 28;
const CERTIFICATE_AUTHORITIES: u16 = 47;
const OID_FILTERS: u16 = 48;
const POST_HANDSHAKE_AUTH: u16 = 49;
const SIGNATURE_ALGORITHMS_CERT: u16 = 50;
const QUIC_PARAMETERS: u16 = 57;
const ENCRYPTED_CLIENT_HELLO: u16 = 0xfe0d;
const RENEGOTIATION_INFO: u16 = 0xff01;

/// A value that nobody may assign a meaning to (RFC 8701).
pub(super) const GREASE: u16 = 0x1a1a;

/// What makes another hello of an honest one.
pub(super) type Change = fn(&mut ClientHello);

pub(super) fn cases(honest: &Script) -> Vec<Case> {
    let tables = [fields(), versions(), shares::changes(), signatures(), names(), others()];
    tables
        .into_iter()
        .flatten()
        .map(|(name, change)| with_hello(honest, format!("hello says: {name}"), change))
        .collect()
}

fn add(hello: &mut ClientHello, kind: u16, content: &[u8]) {
    hello.extensions.push((kind, content.to_vec()));
}

fn fields() -> Vec<(&'static str, Change)> {
    vec![
        ("legacy version of SSL 2", |h| h.legacy_version = 0x0002),
        ("legacy version of SSL 3", |h| h.legacy_version = 0x0300),
        ("legacy version of TLS 1.1", |h| h.legacy_version = 0x0302),
        ("legacy version of the future", |h| h.legacy_version = 0x0305),
        ("legacy version of DTLS 1.2", |h| h.legacy_version = 0xfefd),
        ("legacy version ffff", |h| h.legacy_version = 0xffff),
        ("a random of 33 bytes", |h| h.random.push(0)),
        ("no random", |h| h.random.clear()),
        ("a session id of 31 bytes", |h| h.session_id = vec![7; 31]),
        ("a session id of 255 bytes", |h| h.session_id = vec![7; 255]),
        ("a session id of zeros", |h| h.session_id = vec![0; 32]),
        ("suite 0 and ours", |h| h.suites.insert(0, 0)),
        ("suite 0 alone", |h| h.suites = vec![0]),
        ("SHA-384 before ours", |h| h.suites.insert(0, 0x1302)),
        ("ChaCha20-Poly1305 first", |h| h.suites.reverse()),
        ("short tags before ours", |h| h.suites.splice(0..0, [0x1305, 0x1304]).for_each(drop)),
        ("the signal of secure renegotiation", |h| h.suites.push(0x00ff)),
        ("the signal of secure renegotiation alone", |h| h.suites = vec![0x00ff]),
        ("suites of integrity alone", |h| h.suites = vec![0xc0b4, 0xc0b5]),
        ("every suite from 0 to 3fff", |h| h.suites.extend(0..0x3fff)),
        ("compression beside none", |h| h.compression = vec![1, 0]),
        ("none beside compression", |h| h.compression = vec![0, 1]),
        ("none twice", |h| h.compression = vec![0, 0]),
        ("255 compressions", |h| h.compression = (0..255).collect()),
        ("compression 64", |h| h.compression = vec![64]),
        ("extensions in reverse", |h| h.extensions.reverse()),
        ("extension 65535", |h| add(h, 0xffff, &[])),
        ("300 unknown extensions", |h| (0..300).for_each(|n| add(h, 0xe000 + n, &[1]))),
        ("an unknown extension twice", |h| (0..2).for_each(|_| add(h, 0xfafa, &[]))),
        ("GREASE everywhere", |h| {
            h.suites.insert(0, GREASE);
            h.extensions.insert(0, (GREASE, Vec::new()));
            h.extensions.push((0xdada, vec![0]));
            h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[GREASE, X25519])));
            h.extensions.set(SUPPORTED_VERSIONS, vec8(&numbers(&[GREASE, TLS13])));
            let shares = [shares::share(GREASE, &[0]), shares::own(h)].concat();
            h.extensions.set(KEY_SHARE, vec16(&shares));
        }),
    ]
}

fn versions() -> Vec<(&'static str, Change)> {
    vec![
        ("versions 1.2 and 1.3", |h| h.extensions.set(SUPPORTED_VERSIONS, vec8(&numbers(&[TLS12, TLS13])))),
        ("versions down to SSL 3", |h| {
            h.extensions.set(SUPPORTED_VERSIONS, vec8(&numbers(&[TLS13, TLS12, 0x0302, 0x0301, 0x0300])));
        }),
        ("version 1.3 twice", |h| h.extensions.set(SUPPORTED_VERSIONS, vec8(&numbers(&[TLS13, TLS13])))),
        ("127 versions", |h| {
            let all: Vec<u16> = (0..126).chain([TLS13]).collect();
            h.extensions.set(SUPPORTED_VERSIONS, vec8(&numbers(&all)));
        }),
        ("a server's version", |h| h.extensions.set(SUPPORTED_VERSIONS, numbers(&[TLS13]))),
        ("a byte after the versions", |h| {
            h.extensions.set(SUPPORTED_VERSIONS, [&vec8(&numbers(&[TLS13]))[..], &[0]].concat());
        }),
        ("one version and a half", |h| h.extensions.set(SUPPORTED_VERSIONS, vec8(&[3, 4, 3]))),
        ("a versions extension of no bytes", |h| h.extensions.set(SUPPORTED_VERSIONS, Vec::new())),
        ("GREASE for the only version", |h| h.extensions.set(SUPPORTED_VERSIONS, vec8(&numbers(&[GREASE])))),
        ("version 1.1 alone", |h| h.extensions.set(SUPPORTED_VERSIONS, vec8(&numbers(&[0x0302])))),
    ]
}

fn signatures() -> Vec<(&'static str, Change)> {
    vec![
        ("signature algorithms of no bytes", |h| h.extensions.set(SIGNATURE_ALGORITHMS, Vec::new())),
        ("one signature algorithm and a half", |h| h.extensions.set(SIGNATURE_ALGORITHMS, vec16(&[4, 3, 4]))),
        ("unknown signature algorithms", |h| {
            h.extensions.set(SIGNATURE_ALGORITHMS, vec16(&numbers(&[GREASE, 0xfe00])))
        }),
        ("a signature algorithm twice", |h| {
            h.extensions.set(SIGNATURE_ALGORITHMS, vec16(&numbers(&[0x0403, 0x0403])));
        }),
        ("ECDSA with SHA-1 alone", |h| h.extensions.set(SIGNATURE_ALGORITHMS, vec16(&numbers(&[0x0203])))),
        ("P-384 alone to sign with", |h| h.extensions.set(SIGNATURE_ALGORITHMS, vec16(&numbers(&[0x0503])))),
        ("Ed25519 alone to sign with", |h| h.extensions.set(SIGNATURE_ALGORITHMS, vec16(&numbers(&[0x0807])))),
        ("a thousand signature algorithms", |h| {
            let all: Vec<u16> = (0x2000..0x23e8).chain([0x0403]).collect();
            h.extensions.set(SIGNATURE_ALGORITHMS, vec16(&numbers(&all)));
        }),
        ("other signature algorithms for certificates", |h| {
            add(h, SIGNATURE_ALGORITHMS_CERT, &vec16(&numbers(&[0x0804])));
        }),
        ("the same signature algorithm for certificates", |h| {
            add(h, SIGNATURE_ALGORITHMS_CERT, &vec16(&numbers(&[0x0403])));
        }),
        ("no signature algorithms for certificates", |h| add(h, SIGNATURE_ALGORITHMS_CERT, &vec16(&[]))),
    ]
}

fn server_name(kind: u8, name: &[u8]) -> Vec<u8> {
    [&[kind][..], &vec16(name)].concat()
}

fn names() -> Vec<(&'static str, Change)> {
    vec![
        ("a server name of no bytes", |h| h.extensions.set(SERVER_NAME, Vec::new())),
        ("an address for a server name", |h| h.extensions.set(SERVER_NAME, vec16(&server_name(0, b"192.0.2.1")))),
        ("a server name of an unknown kind", |h| h.extensions.set(SERVER_NAME, vec16(&server_name(1, b"pinata")))),
        ("two server names", |h| {
            h.extensions.set(SERVER_NAME, vec16(&[server_name(0, b"pinata"), server_name(0, b"other")].concat()));
        }),
        ("a server name with a zero", |h| h.extensions.set(SERVER_NAME, vec16(&server_name(0, b"pin\0ata")))),
        ("a server name with a high bit", |h| h.extensions.set(SERVER_NAME, vec16(&server_name(0, b"pi\xf1ata")))),
        ("a server name with a dot after it", |h| h.extensions.set(SERVER_NAME, vec16(&server_name(0, b"pinata.")))),
        ("a server name with an underscore", |h| h.extensions.set(SERVER_NAME, vec16(&server_name(0, b"_pinata")))),
        ("a server name of 300 bytes", |h| h.extensions.set(SERVER_NAME, vec16(&server_name(0, &[b'a'; 300])))),
        ("a server name in a URL", |h| h.extensions.set(SERVER_NAME, vec16(&server_name(0, b"https://pinata/")))),
        ("two server name extensions", |h| add(h, SERVER_NAME, &vec16(&server_name(0, b"pinata")))),
        ("a byte after the server names", |h| {
            h.extensions.set(SERVER_NAME, [&vec16(&server_name(0, b"pinata"))[..], &[0]].concat());
        }),
        ("an empty protocol", |h| add(h, ALPN, &vec16(&vec8(b"")))),
        ("half a protocol", |h| add(h, ALPN, &vec16(&[5, b'h', b'2']))),
        ("a protocols extension of no bytes", |h| add(h, ALPN, &[])),
        ("fifty protocols", |h| add(h, ALPN, &vec16(&vec8(b"http/1.1").repeat(50)))),
    ]
}

fn others() -> Vec<(&'static str, Change)> {
    vec![
        ("modes of pre-shared keys alone", |h| add(h, PSK_KEY_EXCHANGE_MODES, &vec8(&[1, 0]))),
        ("no modes of pre-shared keys", |h| add(h, PSK_KEY_EXCHANGE_MODES, &vec8(&[]))),
        ("unknown modes of pre-shared keys", |h| add(h, PSK_KEY_EXCHANGE_MODES, &vec8(&[9]))),
        ("modes of pre-shared keys of no bytes", |h| add(h, PSK_KEY_EXCHANGE_MODES, &[])),
        ("a pre-shared key of no bytes", |h| add(h, PRE_SHARED_KEY, &[])),
        ("pre-shared keys without identities", |h| {
            add(h, PSK_KEY_EXCHANGE_MODES, &vec8(&[1]));
            add(h, PRE_SHARED_KEY, &[vec16(&[]), vec16(&vec8(&[0; 32]))].concat());
        }),
        ("more binders than pre-shared keys", |h| pre_shared(h, &vec8(&[0; 32]).repeat(2))),
        ("a binder of 31 bytes", |h| pre_shared(h, &vec8(&[0; 31]))),
        ("a pre-shared key without exchange", |h| {
            add(h, PSK_KEY_EXCHANGE_MODES, &vec8(&[0]));
            add(h, PRE_SHARED_KEY, &[identity(), vec16(&vec8(&[0; 32]))].concat());
        }),
        ("early data with content", |h| add(h, EARLY_DATA, &[0, 0, 0, 1])),
        ("a cookie of no bytes", |h| add(h, COOKIE, &[])),
        ("an empty cookie", |h| add(h, COOKIE, &vec16(&[]))),
        ("a cookie of 60,000 bytes", |h| add(h, COOKIE, &vec16(&[5; 60_000]))),
        ("renegotiation of no bytes", |h| add(h, RENEGOTIATION_INFO, &[])),
        ("renegotiation with content", |h| add(h, RENEGOTIATION_INFO, &vec8(&[1; 12]))),
        ("a status request", |h| add(h, STATUS_REQUEST, &[1, 0, 0, 0, 0])),
        ("a status request of an unknown kind", |h| add(h, STATUS_REQUEST, &[9, 1, 2, 3])),
        ("a status request that is cut", |h| add(h, STATUS_REQUEST, &[1, 0, 5])),
        ("a status request of no bytes", |h| add(h, STATUS_REQUEST, &[])),
        ("an extended master secret", |h| add(h, EXTENDED_MASTER_SECRET, &[])),
        ("an extended master secret with content", |h| add(h, EXTENDED_MASTER_SECRET, &[1])),
        ("encrypt then MAC", |h| add(h, ENCRYPT_THEN_MAC, &[])),
        ("a maximal fragment length that is unknown", |h| add(h, MAX_FRAGMENT_LENGTH, &[9])),
        ("a maximal fragment length of no bytes", |h| add(h, MAX_FRAGMENT_LENGTH, &[])),
        ("a limit of record sizes that is too low", |h| add(h, RECORD_SIZE_LIMIT, &[0, 63])),
        ("a limit of record sizes of a byte", |h| add(h, RECORD_SIZE_LIMIT, &[64])),
        ("padding that is not zeros", |h| add(h, PADDING, &[1; 64])),
        ("padding to more than a record", |h| add(h, PADDING, &[0; 17_000])),
        ("padding to four records", |h| add(h, PADDING, &[0; 50_000])),
        ("authentication after the handshake, with content", |h| add(h, POST_HANDSHAKE_AUTH, &[0])),
        ("no authorities", |h| add(h, CERTIFICATE_AUTHORITIES, &vec16(&[]))),
        ("an authority of no bytes", |h| add(h, CERTIFICATE_AUTHORITIES, &vec16(&vec16(&[])))),
        ("filters, which only servers may send", |h| add(h, OID_FILTERS, &vec16(&[]))),
        ("raw public keys of the server alone", |h| add(h, SERVER_CERTIFICATE_TYPE, &vec8(&[2]))),
        ("certificates and raw public keys", |h| add(h, CLIENT_CERTIFICATE_TYPE, &vec8(&[2, 0]))),
        ("no types of certificates", |h| add(h, CLIENT_CERTIFICATE_TYPE, &vec8(&[]))),
        ("no compression of certificates", |h| add(h, COMPRESS_CERTIFICATE, &vec8(&[]))),
        ("parameters of QUIC", |h| add(h, QUIC_PARAMETERS, &[1, 4, 0x80, 0, 0x75, 0x30])),
        ("an encrypted hello that is garbage", |h| {
            add(h, ENCRYPTED_CLIENT_HELLO, &[0, 0, 1, 0, 1, 7, 0, 0, 0, 4, 1, 2, 3, 4])
        }),
        ("an inner hello", |h| add(h, ENCRYPTED_CLIENT_HELLO, &[1])),
        ("an encrypted hello of no bytes", |h| add(h, ENCRYPTED_CLIENT_HELLO, &[])),
    ]
}

fn identity() -> Vec<u8> {
    vec16(&[&vec16(b"ticket")[..], &[0; 4]].concat())
}

fn pre_shared(hello: &mut ClientHello, binders: &[u8]) {
    add(hello, PSK_KEY_EXCHANGE_MODES, &vec8(&[1]));
    add(hello, PRE_SHARED_KEY, &[identity(), vec16(binders)].concat());
}
