//! Whole handshakes in either role with a peer that knows what it does: everything that it alters is encrypted as it should
//! be, so that what is wrong is looked at and not only noticed.

use crate::support::alterations::{alter, extra};
use crate::support::input::Input;
use crate::support::watched::Watched;
use crate::support::world::world;
use pinata_channel::Detail;
use pinata_puppet::{Puppet, Role, Script};

/// Turns of both sides until the handshake is over, well or not.
const TURNS_MAX: usize = 6;
/// What a peer may send after all that, under the last keys.
const LATE_RECORDS_MAX: usize = 40;

/// What the peer can show for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Credentials {
    /// A certificate of the authority, and its key.
    Own,
    /// The same certificate, which everybody has seen, and another key.
    Borrowed,
    /// A certificate of somebody with the authority's name.
    Foreign,
    /// The guest's certificate in its other role, and its key: the wrong usage.
    OtherRole,
}

/// Oracles: [`Watched`]'s; who lacks credentials, or whose proof is spoilt, is never believed; and whoever is believed has shown
/// the certificate and used its key, as the events say.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let world = world();
    let (peer, other) = if input.flag() { (Role::Client, Role::Server) } else { (Role::Server, Role::Client) };
    let credentials = match input.byte() % 8 {
        0..5 => Credentials::Own,
        5 => Credentials::Borrowed,
        6 => Credentials::Foreign,
        _ => Credentials::OtherRole,
    };
    let cut = usize::from(input.short()).max(1);
    let mut script = Script::honest(peer, &world.authority);
    match credentials {
        Credentials::Own => {}
        Credentials::Borrowed => script.signing.key = world.stranger.leaf(peer).key.clone(),
        Credentials::Foreign => script = script.as_identity(world.stranger.leaf(peer)),
        Credentials::OtherRole => script = script.as_identity(world.authority.leaf(other)),
    }
    let is_spoilt = alter(&mut input, peer, &mut script) || credentials != Credentials::Own;

    let mut guest = Watched::new(world, other);
    let mut puppet = Puppet::new(peer, script);
    for _ in 0..TURNS_MAX {
        guest.give(&puppet.take_outgoing(), cut);
        puppet.received(&guest.take());
    }
    for _ in 0..LATE_RECORDS_MAX {
        if input.is_empty() {
            break;
        }
        puppet.say(&extra(&mut input));
        guest.give(&puppet.take_outgoing(), cut);
        guest.take();
    }

    if guest.has_released() {
        assert!(!is_spoilt, "believed, with {credentials:?} credentials");
        let leaf = &world.authority.leaf(peer).chain[0];
        let proofs: Vec<&Detail> = guest
            .notes
            .iter()
            .filter(|note| {
                matches!(
                    note,
                    Detail::Certificate { .. }
                        | Detail::ChainOk
                        | Detail::PossessionOk { scheme: 0x0403 }
                        | Detail::Finished { .. }
                )
            })
            .collect();
        assert!(
            matches!(
                &proofs[..],
                [
                    Detail::Certificate { chain, .. },
                    Detail::ChainOk,
                    Detail::PossessionOk { .. },
                    Detail::Finished { .. }
                ] if chain.first() == Some(leaf)
            ),
            "{proofs:?}"
        );
    }
}
