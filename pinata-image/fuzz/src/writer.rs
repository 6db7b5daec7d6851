//! The authority that a boot makes for itself: what it writes, read again.

use crate::support::input::Input;
use crate::support::x509::Certificate;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{DerSignature, VerifyingKey};
use pinata_entropy::Generator;
use pinata_puppet::Role;
use pinata_tls::Authority;
use std::sync::OnceLock;

const DAY_SECONDS: u64 = 86_400;
/// Longest name of a target that a supervisor may give.
const TARGET_BYTES_MAX: usize = 32;
/// Latest wall clock that it may give, as `channel/src/command.rs` has it.
pub const WALL_SECONDS_MAX: u64 = 253_402_300_799 - 397 * 86_400;

/// Oracles: all three certificates are good in their role from a day before to 397 days after they were made; names and keys
/// are theirs; and every signature is the authority's.
pub fn run(bytes: &[u8]) {
    static GENERATOR: OnceLock<Generator> = OnceLock::new();
    let generator = GENERATOR.get_or_init(Generator::new);
    let mut input = Input::new(bytes);
    generator.seed(&[input.byte(); 32]);
    // All of time, and the years in which certificates are made a little more often.
    let now = if input.flag() { input.long() % (WALL_SECONDS_MAX + 1) } else { input.long() % (1 << 32) };
    let mut target = String::from_utf8_lossy(input.rest()).into_owned();
    target.truncate(target.floor_char_boundary(TARGET_BYTES_MAX));

    let authority = Authority::born(&target, now, generator);
    let written = authority.certificates();
    let read = |der| Certificate::read(der).expect("a certificate");
    let (ca, server, client) = (read(&written.ca), read(&written.server), read(&written.client));
    let key = VerifyingKey::from_sec1_bytes(ca.key).expect("a key on the curve");
    for certificate in [&ca, &server, &client] {
        let signature = DerSignature::try_from(certificate.signature).expect("a signature");
        assert!(key.verify(certificate.signed, &signature).is_ok());
        assert_eq!(certificate.issuer, ca.subject);
        assert_eq!(certificate.not_before, now.saturating_sub(DAY_SECONDS));
        assert_eq!(certificate.not_after, now + 397 * DAY_SECONDS);
        assert!(certificate.serial.len() == 16 && (0x40..0x80).contains(&certificate.serial[0]));
    }
    assert_eq!(server.objection(Role::Server, now), None);
    assert_eq!(client.objection(Role::Client, now), None);
    assert!(server.objection(Role::Client, now).is_some() && client.objection(Role::Server, now).is_some());
    assert!(ca.is_authority && ca.usages.is_empty());
    assert!(ca.subject.ends_with(format!("pinata {target} authority").as_bytes()));
}
