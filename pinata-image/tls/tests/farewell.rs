//! What a believed peer may still send after the guest's last word, and what it gets for it: nothing.
mod support;

use pinata_gate::State;
use pinata_puppet::record::{APPLICATION_DATA, HANDSHAKE};
use pinata_puppet::{Extra, Puppet, Role, Script};
use support::{DOCUMENT, Watched, authority, engine};

/// KeyUpdate (RFC 8446, section 4.6.3) that asks for one in return.
const KEY_UPDATE_REQUESTED: [u8; 5] = [24, 0, 0, 1, 1];
/// A handshake message that has no place there.
const FINISHED: [u8; 4] = [20, 0, 0, 0];

#[test]
fn nothing_follows_close_notify() {
    let authority = authority();
    for late in [
        Extra::protected(HANDSHAKE, &KEY_UPDATE_REQUESTED),
        Extra::protected(HANDSHAKE, &FINISHED),
        Extra::plain(APPLICATION_DATA, &[0; 20]),
    ] {
        let mut guest = Watched::new(&engine(&authority), Role::Client);
        let mut puppet = Puppet::new(Role::Client, Script::honest(Role::Client, &authority));
        guest.receive(&puppet.take_outgoing());
        puppet.received(&guest.take_pending());
        assert_eq!(guest.receive(&puppet.take_outgoing()), 1);
        puppet.received(&guest.take_pending());
        assert_eq!((&puppet.outcome().data[..], puppet.outcome().said_goodbye), (DOCUMENT, true));

        puppet.say(&late);
        assert_eq!(guest.receive(&puppet.take_outgoing()), 0);
        assert_eq!(guest.session.gate(), State::Released);
        assert!(guest.session.pending().is_empty(), "{late:?}");
    }
}
