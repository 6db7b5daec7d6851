//! Where a session itself draws the line, whatever the library thinks.
mod support;

use pinata_channel::Detail;
use pinata_gate::{Event, State};
use pinata_puppet::{Edit, Extra, Message, Puppet, Role, Script};
use pinata_tls::{Engine, Phase};
use support::{DOCUMENT, Watched, authority, engine};

/// A client's hello that never ends, in records that are mostly header.
const HELLO: [u8; 13] = [22, 3, 3, 0, 8, 1, 0, 0xff, 0xff, 3, 3, 0, 0];
const MORE: [u8; 13] = [22, 3, 3, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0];
/// More than the longest message takes.
const RECORDS: usize = 8_000;

fn endless(engine: &Engine) -> Watched {
    let mut guest = Watched::new(engine, Role::Client);
    guest.receive(&HELLO);
    (0..RECORDS).for_each(|_| assert_eq!(guest.receive(&MORE), 0));
    guest
}

#[test]
fn nothing_is_released_before_the_handshake_is_complete() {
    let mut guest = Watched::new(&engine(&authority()), Role::Client);
    guest.session.release(DOCUMENT, false);
    assert!(guest.session.pending().is_empty());
    assert_eq!(guest.session.phase(), Phase::Handshaking);
}

#[test]
fn a_message_without_an_end_is_refused() {
    let guest = endless(&engine(&authority()));
    assert!(guest.notes.iter().any(|note| matches!(note, Detail::Limit { which: "bytes" })), "{:?}", guest.notes);
    assert_eq!((guest.session.phase(), guest.session.gate()), (Phase::Failed, State::Dead));
}

#[test]
fn long_messages_share_a_bounded_stock_of_memory() {
    let engine = engine(&authority());
    let hold = |_| {
        let mut guest = Watched::new(&engine, Role::Client);
        guest.receive(&HELLO);
        (0..RECORDS / 4).for_each(|_| assert_eq!(guest.receive(&MORE), 0));
        guest
    };
    let held: Vec<Watched> = (0..8).map(hold).collect();
    assert!(held.iter().all(|guest| guest.session.phase() == Phase::Handshaking));
    let guest = endless(&engine);
    assert!(guest.notes.iter().any(|note| matches!(note, Detail::Limit { which: "memory" })), "{:?}", guest.notes);
    assert_eq!((guest.session.phase(), guest.session.gate()), (Phase::Failed, State::Dead));
}

/// A guest that a client has convinced, and what the client sent for it.
fn convinced(script: Script, is_taken: bool) -> Watched {
    let mut guest = Watched::new(&engine(&authority()), Role::Client);
    let mut puppet = Puppet::new(Role::Client, script);
    guest.receive(&puppet.take_outgoing());
    puppet.received(&guest.take_pending());
    let flight = puppet.take_outgoing();
    if is_taken {
        assert_eq!(guest.receive(&flight), 1);
    } else {
        guest.session.space()[..flight.len()].copy_from_slice(&flight);
        guest.session.received(flight.len());
    }
    guest
}

#[test]
fn what_follows_a_release_changes_nothing_about_it() {
    for garbage in
        [&[99, 3, 3, 0, 1, 0][..], &[23, 3, 3, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]
    {
        let mut guest = convinced(Script::honest(Role::Client, &authority()), true);
        guest.take_pending();
        assert_eq!(guest.receive(garbage), 0);
        assert_eq!((guest.session.phase(), guest.session.gate()), (Phase::Failed, State::Released));
        assert_eq!(guest.receive(garbage), 0, "it no longer listens");
    }
}

#[test]
fn a_proof_that_nobody_took_is_void_once_the_session_is_refused() {
    let mut guest = convinced(Script::honest(Role::Client, &authority()), false);
    assert_eq!(guest.session.gate(), State::Released);
    guest.session.refuse(Event::Timeout);
    assert!(guest.session.take_authenticated().is_none());
    guest.session.release(DOCUMENT, false);
    assert!(guest.session.pending().is_empty());
}

#[test]
fn a_peer_may_be_done_before_it_is_released_to() {
    let goodbye = Edit::After(Message::Finished, Extra::alert(1, 0));
    let mut guest = convinced(Script::honest(Role::Client, &authority()).edit(goodbye), true);
    assert!(!guest.take_pending().is_empty());
    assert_eq!(guest.session.gate(), State::Released);
}
