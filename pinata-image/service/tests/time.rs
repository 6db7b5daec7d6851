//! Deadlines and the ends of a boot, with a clock that only the test moves.
mod support;

use pinata_service::{Reason, SERVER_PORT, Stage, Wish};
use support::{HANDSHAKE, SECOND, World};

const RELEASE: u64 = 10 * SECOND;
const LINGER: u64 = 5 * SECOND;
const PREFACE: u64 = 5 * SECOND;
const LIFETIME: u64 = 25 * 3600 * SECOND;

#[test]
fn a_silent_peer_loses_its_place_after_the_handshake_deadline() {
    let mut world = World::new();
    let c = world.connect(SERVER_PORT);
    assert_eq!(world.service.next_deadline(), Some(world.now + HANDSHAKE));
    world.pass(HANDSHAKE - 1);
    assert_eq!(world.service.wish(c), Wish::Keep);
    world.pass(1);
    assert_eq!(world.service.wish(c), Wish::CloseWrite);
    assert!(world.heard("handshake"));
    world.pass(LINGER);
    assert_eq!(world.service.wish(c), Wish::Abort);
    assert!(world.heard("timeout"));
}

#[test]
fn the_preface_has_a_shorter_deadline() {
    let mut world = World::new();
    let c = world.service.accept(SERVER_PORT, world.now).unwrap();
    world.pass(PREFACE - 1);
    assert_eq!(world.service.wish(c), Wish::Keep);
    world.pass(1);
    assert_eq!(world.service.wish(c), Wish::Abort);
    assert!(world.service.space(c).is_empty());
    assert!(world.heard("preface_bad"));
}

#[test]
fn a_peer_that_does_not_read_its_prize_is_cut_off() {
    let mut world = World::new();
    let (server, _) = world.released();
    assert_eq!(world.service.wish(server), Wish::CloseWrite);
    assert!(!world.service.pending(server).is_empty());
    world.pass(RELEASE - 1);
    assert_eq!(world.service.wish(server), Wish::CloseWrite);
    world.pass(1);
    assert_eq!(world.service.wish(server), Wish::Abort);
    assert!(world.heard("release"));
}

#[test]
fn after_the_last_byte_the_peers_end_is_awaited_for_a_while() {
    let mut world = World::new();
    let (server, client) = world.released();
    world.take(server);
    assert_eq!(world.service.wish(server), Wish::CloseWrite);
    world.service.peer_closed(server, world.now);
    assert_eq!(world.service.wish(server), Wish::Done);
    world.take(client);
    world.pass(LINGER);
    assert_eq!(world.service.wish(client), Wish::Abort);
}

#[test]
fn a_peer_that_talks_on_after_a_refusal_is_read_for_a_while() {
    let mut world = World::new();
    let c = world.connect(SERVER_PORT);
    world.give(c, b"GET / HTTP/1.1\r\n\r\n");
    assert_eq!(world.service.wish(c), Wish::CloseWrite);
    assert_eq!(world.take(c), [21, 3, 3, 0, 2, 2, 50]);
    let mut drained = 0;
    while world.service.wish(c) == Wish::CloseWrite {
        world.give(c, &[0; 1000]);
        drained += 1000;
    }
    assert_eq!(world.service.wish(c), Wish::Abort);
    assert!((65_536..70_000).contains(&drained), "{drained}");
}

#[test]
fn a_forgotten_connection_is_nobody() {
    let mut world = World::new();
    let c = world.connect(SERVER_PORT);
    world.service.forget(c, world.now);
    assert!(world.heard("reset"));
    let next = world.connect(SERVER_PORT);
    assert_ne!(c, next);
    world.hear();
    assert_eq!(world.service.wish(c), Wish::Abort);
    assert!(world.service.space(c).is_empty() && world.service.pending(c).is_empty());
    world.service.received(c, 3, world.now);
    world.service.reset(c, world.now);
    assert_eq!(world.service.wish(next), Wish::Keep);
    assert!(world.hear().is_empty());
}

#[test]
fn a_boot_has_its_day() {
    let mut world = World::new();
    assert_eq!(world.service.next_deadline(), Some(world.now + LIFETIME));
    world.pass(LIFETIME - 1);
    assert_eq!(world.service.stage(), Stage::Serving);
    world.pass(1);
    assert_eq!(world.service.stage(), Stage::Stopping(Reason::Planned));
    assert!(world.heard("lifetime"));
    assert_eq!(world.service.accept(SERVER_PORT, world.now), None);
}

#[test]
fn no_frame_carries_a_provisioned_secret() {
    let mut world = World::new();
    world.released();
    // Frame 1 towards the guest: [1, "prove", {"root": 32 bytes}].
    let prove =
        [&[0, 0, 0, 0x30, 0x83, 1, 0x65][..], b"prove", &[0xa1, 0x64], b"root", &[0x58, 32], &[0xc0; 32]].concat();
    world.service.channel_received(&prove, world.now);
    world.pass(LINGER + RELEASE);
    world.hear();
    let contains = |needle: &[u8]| world.told.windows(needle.len()).any(|window| window == needle);
    for word in ["hello", "ready", "released", "proof", "closed"] {
        assert!(contains(word.as_bytes()), "{word}");
    }
    let (preface_key, vault_key): (Vec<u8>, Vec<u8>) = ((3..35).collect(), (4..36).collect());
    assert!(!contains(&preface_key) && !contains(&vault_key) && !contains(b"pinata release 1"));
}
