//! Each implementation against the other: whatever one makes, the other must take, and refuse alike.

extern crate std;

use super::graviola::Graviola;
use super::rustcrypto::RustCrypto;
use super::{CheckedGroup, Curves, Point, PrivateKey, signatures_agree};
use alloc::boxed::Box;
use alloc::vec::Vec;
use pinata_entropy::Generator;
use rustls::crypto::{ActiveKeyExchange, CompletedKeyExchange, SupportedKxGroup};
use rustls::{Error, NamedGroup};
use std::vec;

const ROUNDS: usize = 64;
/// The order of P-256 (SEC 2, section 2.4.2).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

fn generator() -> &'static Generator {
    let generator = Box::leak(Box::new(Generator::new()));
    generator.seed(&[0x5c; 32]);
    generator
}

fn random<const N: usize>(generator: &Generator) -> [u8; N] {
    let mut bytes = [0; N];
    generator.fill(&mut bytes).unwrap();
    bytes
}

fn group<C: Curves>(name: NamedGroup, generator: &'static Generator) -> &'static dyn SupportedKxGroup {
    C::groups(generator).into_iter().find(|group| group.name() == name).unwrap()
}

/// What `A` signs, `B` accepts, and nothing that differs from it by a bit.
fn signs_for<A: Curves, B: Curves>() {
    let generator = generator();
    for round in 0..ROUNDS {
        let key = A::Key::born(generator);
        let message = &random::<100>(generator)[..round];
        let signature = key.sign(message, generator).unwrap();
        assert!(B::verify(&key.public(), message, &signature), "round {round}");
        assert!(!B::verify(&A::Key::born(generator).public(), message, &signature), "round {round}: another key");
        assert!(!B::verify(&key.public(), &[message, b"."].concat(), &signature), "round {round}: another message");
        for byte in 0..signature.len() {
            let mut wrong = signature.clone();
            wrong[byte] ^= 1 << (round % 8);
            assert!(!B::verify(&key.public(), message, &wrong), "round {round}: byte {byte}");
        }
    }
}

#[test]
fn each_accepts_what_the_other_signs_and_nothing_beside_it() {
    signs_for::<Graviola, RustCrypto>();
    signs_for::<RustCrypto, Graviola>();
}

#[test]
fn both_refuse_signatures_that_are_not_der_or_out_of_range() {
    let generator = generator();
    let key = <Graviola as Curves>::Key::born(generator);
    let signature = key.sign(b"message", generator).unwrap();
    let integer = |value: &[u8]| [&[0x02, value.len() as u8], value].concat();
    let pair = |r: &[u8], s: &[u8]| {
        let content = [integer(r), integer(s)].concat();
        [&[0x30, content.len() as u8], &content[..]].concat()
    };
    let order = [&[0], &ORDER[..]].concat();
    let mut trailing = signature.clone();
    trailing.push(0);
    let mut long_length = signature.clone();
    long_length.splice(1..2, [0x81, signature[1]]);
    let wrong: Vec<Vec<u8>> = vec![
        vec![],
        signature[..signature.len() - 1].to_vec(),
        trailing,
        long_length,
        pair(&[0], &[0]),
        pair(&[0], &[1]),
        pair(&[1], &[0]),
        pair(&[1], &order),
        pair(&order, &[1]),
        pair(&[0x80], &[1]),
        pair(&[0, 1], &[1]),
        pair(&[], &[1]),
        pair(&[1; 34], &[1]),
    ];
    assert!(Graviola::verify(&key.public(), b"message", &signature));
    for signature in wrong {
        assert!(!Graviola::verify(&key.public(), b"message", &signature), "{signature:02x?}");
        assert!(!RustCrypto::verify(&key.public(), b"message", &signature), "{signature:02x?}");
    }
}

#[test]
fn both_refuse_the_same_public_keys() {
    let generator = generator();
    let key = <Graviola as Curves>::Key::born(generator);
    let signature = key.sign(b"message", generator).unwrap();
    for byte in 0..65 {
        let mut wrong = key.public();
        wrong[byte] ^= 1;
        assert!(!Graviola::verify(&wrong, b"message", &signature), "byte {byte}");
        assert!(!RustCrypto::verify(&wrong, b"message", &signature), "byte {byte}");
        let share = |group: &'static dyn SupportedKxGroup| group.start_and_complete(&wrong).is_err();
        assert!(share(group::<Graviola>(NamedGroup::secp256r1, generator)), "byte {byte}");
        assert!(share(group::<RustCrypto>(NamedGroup::secp256r1, generator)), "byte {byte}");
    }
}

#[test]
fn a_scalar_gives_both_the_same_public_key_or_none() {
    let generator = generator();
    type G = <Graviola as Curves>::Key;
    type R = <RustCrypto as Curves>::Key;
    let same = |scalar: &[u8; 32]| {
        let (one, other) =
            (G::from_scalar(scalar).map(|key| key.public()), R::from_scalar(scalar).map(|key| key.public()));
        assert_eq!(one, other, "{scalar:02x?}");
        one.is_some()
    };
    let mut one = [0; 32];
    one[31] = 1;
    let mut last = ORDER;
    last[31] -= 1;
    assert!(same(&one) && same(&last));
    assert!(!same(&[0; 32]) && !same(&ORDER) && !same(&[0xff; 32]));
    (0..ROUNDS).for_each(|_| assert!(same(&random(generator))));
}

#[test]
fn both_agree_on_a_secret_in_either_role() {
    let generator = generator();
    for name in [NamedGroup::X25519, NamedGroup::secp256r1] {
        let groups = [group::<Graviola>(name, generator), group::<RustCrypto>(name, generator)];
        for (client, server) in [(0, 1), (1, 0)] {
            for round in 0..ROUNDS {
                let started = groups[client].start().unwrap();
                let answer = groups[server].start_and_complete(started.pub_key()).unwrap();
                let secret = started.complete(&answer.pub_key).unwrap();
                assert_eq!(secret.secret_bytes(), answer.secret.secret_bytes(), "{name:?}, round {round}");
            }
        }
    }
}

/// RFC 7748, section 6.1, and the points of small order.
#[test]
fn both_refuse_shares_that_contribute_nothing_or_have_another_length() {
    let generator = generator();
    let mut one = [0; 32];
    one[0] = 1;
    for group in [group::<Graviola>(NamedGroup::X25519, generator), group::<RustCrypto>(NamedGroup::X25519, generator)]
    {
        for share in [&[0; 32][..], &one, &[9; 31], &[9; 33], &[]] {
            assert!(group.start_and_complete(share).is_err(), "{share:02x?}");
        }
    }
    for group in
        [group::<Graviola>(NamedGroup::secp256r1, generator), group::<RustCrypto>(NamedGroup::secp256r1, generator)]
    {
        for length in [0, 1, 33, 64, 66] {
            assert!(group.start_and_complete(&vec![4; length]).is_err(), "{length}");
        }
    }
}

#[test]
fn the_hybrid_comes_first_and_refuses_shares_that_are_not_its_own() {
    let generator = generator();
    let hybrid = Graviola::groups(generator)[0];
    assert_eq!(hybrid.name(), NamedGroup::X25519MLKEM768);
    let started = hybrid.start().unwrap();
    assert_eq!(started.pub_key().len(), 1184 + 32);
    assert_eq!(started.hybrid_component().unwrap().0, NamedGroup::X25519);
    let share = started.pub_key().to_vec();
    let refuses = |share: &[u8]| hybrid.start_and_complete(share).is_err();
    assert!(refuses(&share[..share.len() - 1]) && refuses(&[&share[..], &[0]].concat()) && refuses(&[]));
    // FIPS 203, section 7.2: coefficients must be reduced.
    assert!(refuses(&[&[0xff; 1184][..], &share[1184..]].concat()));
    // The classical half counts too.
    assert!(refuses(&[&share[..1184], &[0; 32]].concat()));
}

/// FIPS 203, section 6.3: a wrong ciphertext gives another secret, not an error.
#[test]
fn a_wrong_ciphertext_leads_to_different_secrets() {
    let generator = generator();
    let hybrid = Graviola::groups(generator)[0];
    for byte in [0, 500, 1087, 1088, 1119] {
        let started = hybrid.start().unwrap();
        let mut answer = hybrid.start_and_complete(started.pub_key()).unwrap();
        answer.pub_key[byte] ^= 1;
        let secret = started.complete(&answer.pub_key).unwrap();
        assert_ne!(secret.secret_bytes(), answer.secret.secret_bytes(), "byte {byte}");
    }
    assert!(hybrid.start().unwrap().complete(&[0; 1119]).is_err());
}

/// Accepts any signature, or agrees with nobody.
struct Broken<const ACCEPTS: bool>;

impl<const ACCEPTS: bool> Curves for Broken<ACCEPTS> {
    type Key = <Graviola as Curves>::Key;

    fn groups(generator: &'static Generator) -> Vec<&'static dyn SupportedKxGroup> {
        if ACCEPTS {
            Graviola::groups(generator)
        } else {
            vec![Box::leak(Box::new(Deaf(Graviola::groups(generator)[1])))]
        }
    }

    fn verify(key: &Point, message: &[u8], signature: &[u8]) -> bool {
        ACCEPTS || Graviola::verify(key, message, signature)
    }
}

/// Answers its own share, whoever asks.
#[derive(Debug)]
struct Deaf(&'static dyn SupportedKxGroup);

impl SupportedKxGroup for Deaf {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        self.0.start()
    }

    fn start_and_complete(&self, _: &[u8]) -> Result<CompletedKeyExchange, Error> {
        self.0.start_and_complete(&random::<32>(generator()))
    }

    fn name(&self) -> NamedGroup {
        self.0.name()
    }
}

#[test]
fn signatures_agree_or_are_found_out() {
    assert!(signatures_agree::<Graviola>(generator()));
    assert!(signatures_agree::<RustCrypto>(generator()));
    assert!(!signatures_agree::<Broken<true>>(generator()));
}

#[test]
fn a_key_exchange_is_checked_once_and_before_it_serves() {
    let mut all = CheckedGroup::all::<Graviola>(generator());
    all.extend(CheckedGroup::all::<RustCrypto>(generator()));
    for group in all {
        assert!(group.check() && !group.check(), "{:?}", group.name());
    }
    let [used] = CheckedGroup::all::<Graviola>(generator())[1..2] else { panic!("graviola has X25519") };
    assert!(used.start().is_ok() && !used.check());
}

#[test]
#[should_panic(expected = "X25519 does not agree with itself")]
fn a_key_exchange_that_agrees_with_nobody_serves_nobody() {
    let _never = CheckedGroup::all::<Broken<false>>(generator())[0].start_and_complete(&random::<32>(generator()));
}
