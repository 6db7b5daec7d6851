//! What a hello may say about groups, and what it brings of them.

use super::extensions::{Change, GREASE};
use pinata_puppet::hello::{ClientHello, Extensions, KEY_SHARE, SUPPORTED_GROUPS, X25519, numbers};
use pinata_puppet::wire::vec16;

const SECP256R1: u16 = 23;
const SECP384R1: u16 = 24;
const FFDHE2048: u16 = 256;
const X25519MLKEM768: u16 = 0x11ec;

pub(super) fn changes() -> Vec<(&'static str, Change)> {
    const ZEROS: [u8; 65] = [0; 65];
    vec![
        ("a groups extension of no bytes", |h| h.extensions.set(SUPPORTED_GROUPS, Vec::new())),
        ("one group and a half", |h| h.extensions.set(SUPPORTED_GROUPS, vec16(&[0, 29, 0]))),
        ("a byte after the groups", |h| {
            h.extensions.set(SUPPORTED_GROUPS, [&vec16(&numbers(&[X25519]))[..], &[0]].concat());
        }),
        ("one group twice", |h| h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[X25519, X25519])))),
        ("another group before", |h| h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[SECP256R1, X25519])))),
        ("finite fields alone", |h| h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[FFDHE2048])))),
        ("P-384 alone", |h| h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[SECP384R1])))),
        ("P-256 alone, and no share of it", |h| {
            h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[SECP256R1])));
            h.extensions.set(KEY_SHARE, vec16(&[]));
        }),
        ("a share of a group that is not among the groups", |h| {
            h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[SECP256R1])));
        }),
        ("a thousand groups", |h| {
            let all: Vec<u16> = [X25519].into_iter().chain(1000..2000).collect();
            h.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&all)));
        }),
        ("a shares extension of no bytes", |h| h.extensions.set(KEY_SHARE, Vec::new())),
        ("a server's share", |h| {
            let own = own(h);
            h.extensions.set(KEY_SHARE, own);
        }),
        ("a byte after the shares", |h| {
            let shares = [&vec16(&own(h))[..], &[0]].concat();
            h.extensions.set(KEY_SHARE, shares);
        }),
        ("half a share after the share", |h| {
            let shares = vec16(&[&own(h)[..], &[0, 23, 0]].concat());
            h.extensions.set(KEY_SHARE, shares);
        }),
        ("a share twice", |h| {
            let shares = vec16(&own(h).repeat(2));
            h.extensions.set(KEY_SHARE, shares);
        }),
        ("two shares of one group", |h| {
            let shares = vec16(&[own(h), share(X25519, &[9; 32])].concat());
            h.extensions.set(KEY_SHARE, shares);
        }),
        ("an unknown share before ours", |h| {
            let shares = vec16(&[share(GREASE, &[0; 100]), own(h)].concat());
            h.extensions.set(KEY_SHARE, shares);
        }),
        ("an unknown share of no bytes before ours", |h| {
            let shares = vec16(&[share(GREASE, &[]), own(h)].concat());
            h.extensions.set(KEY_SHARE, shares);
        }),
        ("twenty unknown shares after ours", |h| {
            let shares = [own(h), (0..20).flat_map(|n| share(0x2000 + n, &[1; 9])).collect()].concat();
            h.extensions.set(KEY_SHARE, vec16(&shares));
        }),
        ("the high bit of a share", |h| {
            let mut shares = own(h);
            *shares.last_mut().expect("a share has bytes") ^= 0x80;
            h.extensions.set(KEY_SHARE, vec16(&shares));
        }),
        ("a share of 2^255 − 19", |h| {
            let prime = [&[0xed], &[0xff; 30][..], &[0x7f]].concat();
            h.extensions.set(KEY_SHARE, vec16(&share(X25519, &prime)));
        }),
        ("a share of 2^255 − 20", |h| {
            let last = [&[0xec], &[0xff; 30][..], &[0x7f]].concat();
            h.extensions.set(KEY_SHARE, vec16(&share(X25519, &last)));
        }),
        ("a point of P-256 at infinity", |h| p256(h, &[0])),
        ("a point of P-256 with zeros", |h| p256(h, &[&[4], &ZEROS[1..]].concat())),
        ("a compressed point of P-256", |h| p256(h, &GENERATOR[..33].iter().map(|b| b & 0xfb | 3).collect::<Vec<_>>())),
        ("a hybrid point of P-256", |h| p256(h, &[&[6], &GENERATOR[1..]].concat())),
        ("a point of P-256 without its last byte", |h| p256(h, &GENERATOR[..64])),
        ("a point of P-256 with a byte more", |h| p256(h, &[&GENERATOR[..], &[0]].concat())),
        ("a point of P-256", |h| p256(h, &GENERATOR)),
        ("a hybrid share of zeros", |h| hybrid(h, &[0; 1184 + 32])),
        ("a hybrid share that is not reduced", |h| hybrid(h, &[0xff; 1184 + 32])),
        ("a hybrid share with a half of small order", |h| {
            hybrid(h, &[&[0x11; 1184][..], &[0; 32]].concat());
        }),
        ("a hybrid share that is short", |h| hybrid(h, &[0x11; 1184 + 31])),
        ("a hybrid share that is long", |h| hybrid(h, &[0x11; 1184 + 33])),
        ("a hybrid share of the classical half alone", |h| hybrid(h, &[9; 32])),
        ("a hybrid share", |h| hybrid(h, &[0x11; 1184 + 32])),
    ]
}

/// The base point of P-256 (SEC 2, section 2.4.2), uncompressed.
const GENERATOR: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03,
    0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe,
    0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce,
    0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
];

fn p256(hello: &mut ClientHello, point: &[u8]) {
    hello.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[SECP256R1])));
    hello.extensions.set(KEY_SHARE, vec16(&share(SECP256R1, point)));
}

fn hybrid(hello: &mut ClientHello, key: &[u8]) {
    hello.extensions.set(SUPPORTED_GROUPS, vec16(&numbers(&[X25519MLKEM768])));
    hello.extensions.set(KEY_SHARE, vec16(&share(X25519MLKEM768, key)));
}

pub(super) fn share(group: u16, key: &[u8]) -> Vec<u8> {
    [&numbers(&[group])[..], &vec16(key)].concat()
}

/// The share of an honest hello.
pub(super) fn own(hello: &ClientHello) -> Vec<u8> {
    let own = hello.extensions.iter().find(|(kind, _)| *kind == KEY_SHARE).expect("an honest hello has a share");
    own.1[2..].to_vec()
}
