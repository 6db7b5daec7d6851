//! Certificate chains in both roles, from anybody and from the authority itself, shown by a peer that has the leaf's key.

use crate::support::input::Input;
use crate::support::watched::Watched;
use crate::support::world::{CHAIN_MAX, NOW, World, world};
use crate::support::x509::Certificate;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{DerSignature, VerifyingKey};
use pinata_puppet::der;
use pinata_puppet::{Puppet, Role, Script};

/// AlgorithmIdentifier of ECDSA with SHA-256 (RFC 5758, section 3.2).
const ECDSA_SHA256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
const ALTERATIONS_MAX: usize = 8;
const TURNS_MAX: usize = 3;

/// Oracles: [`Watched`]'s; who is believed shows a leaf without objection, with a key that it has used, and a path of true
/// signatures from the authority.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let world = world();
    let (peer, guest) = if input.flag() { (Role::Client, Role::Server) } else { (Role::Server, Role::Client) };
    let mut script = Script::honest(peer, &world.authority);
    let chain: Vec<Vec<u8>> =
        (0..1 + input.below(CHAIN_MAX + 1)).map(|_| certificate(&mut input, world, peer)).collect();
    script.certificates = chain.iter().map(|der| (der.clone(), Vec::new())).collect();

    let mut guest = Watched::new(world, guest);
    let mut puppet = Puppet::new(peer, script);
    for _ in 0..TURNS_MAX {
        guest.give(&puppet.take_outgoing(), usize::MAX);
        puppet.received(&guest.take());
    }
    if guest.has_released() {
        let leaf = Certificate::read(&chain[0]).expect("believed without being a certificate");
        assert_eq!(leaf.objection(peer, NOW), None);
        let key = world.authority.leaf(peer).key.verifying_key().to_sec1_point(false);
        assert_eq!(leaf.key, key.as_bytes(), "believed with another key than the one it used");
        assert!(has_path(&leaf, &chain[1..], world, CHAIN_MAX), "believed without a path");
    }
}

/// One of the chain: bytes as they are, an honest certificate with other bytes in it, or such a one signed anew.
fn certificate(input: &mut Input<'_>, world: &World, peer: Role) -> Vec<u8> {
    let kind = input.byte();
    let other = if peer == Role::Client { Role::Server } else { Role::Client };
    let honest = match kind / 4 % 4 {
        0 | 1 => &world.authority.leaf(peer).chain[0],
        2 => &world.authority.certificate,
        _ => &world.authority.leaf(other).chain[0],
    };
    match kind % 4 {
        0 => input.piece().to_vec(),
        1 => altered(input, honest),
        _ => {
            let signed = Certificate::read(honest).expect("an honest certificate").signed;
            let signed = altered(input, signed);
            let key = match kind / 16 % 4 {
                0 => &world.stranger.key,
                // A leaf that plays the authority.
                1 => &world.authority.leaf(peer).key,
                _ => &world.authority.key,
            };
            let signature: DerSignature = key.sign(&signed);
            der::sequence(&[&signed, ECDSA_SHA256, &der::bit_string(signature.as_bytes())])
        }
    }
}

/// Other bytes in the place of some, as many or not; the lengths around them are set right if the input says so.
fn altered(input: &mut Input<'_>, honest: &[u8]) -> Vec<u8> {
    let mut bytes = honest.to_vec();
    for _ in 0..input.below(ALTERATIONS_MAX) {
        let at = input.below(bytes.len() + 1);
        let end = (at + usize::from(input.byte())).min(bytes.len());
        let new = input.piece();
        let fitting = input.flag();
        let change = new.len() as isize - (end - at) as isize;
        if fitting {
            bytes = refitted(&bytes, at, change);
        }
        bytes.splice(at..end, new.iter().copied());
    }
    bytes
}

/// The bytes with the length of every value around `at` changed by as much, as far as it has room in the same form.
fn refitted(bytes: &[u8], at: usize, change: isize) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let (mut start, mut end) = (0, bytes.len());
    while start + 2 <= end {
        let (head, length) = match bytes[start + 1] {
            short @ 0..=0x7f => (2, usize::from(short)),
            0x81 if start + 3 <= end => (3, usize::from(bytes[start + 2])),
            0x82 if start + 4 <= end => (4, usize::from(u16::from_be_bytes([bytes[start + 2], bytes[start + 3]]))),
            _ => break,
        };
        let content = start + head;
        if !(content..=content + length).contains(&at) {
            start = content + length;
            continue;
        }
        let new = length.saturating_add_signed(change);
        match head {
            2 => out[start + 1] = (new & 0x7f) as u8,
            3 => out[start + 2] = new as u8,
            _ => out[start + 2..start + 4].copy_from_slice(&(new as u16).to_be_bytes()),
        }
        // Into the value, if it is one of values.
        if bytes[start] & 0x20 == 0 {
            break;
        }
        (start, end) = (content, (content + length).min(bytes.len()));
    }
    out
}

/// Whether true signatures lead from the authority to this certificate, over the others if need be.
fn has_path(certificate: &Certificate<'_>, others: &[Vec<u8>], world: &World, steps: usize) -> bool {
    let signature = DerSignature::try_from(certificate.signature);
    let Ok(signature) = signature else { return false };
    let by = |key: &VerifyingKey| key.verify(certificate.signed, &signature).is_ok();
    if by(world.authority.key.verifying_key()) {
        return true;
    }
    steps > 0
        && others.iter().filter_map(|der| Certificate::read(der)).any(|issuer| {
            issuer.is_authority
                && VerifyingKey::from_sec1_bytes(issuer.key).is_ok_and(|key| by(&key))
                && has_path(&issuer, others, world, steps - 1)
        })
}
