//! Anything at all in the place of a peer.

use crate::support::input::Input;
use crate::support::watched::Watched;
use crate::support::world::world;
use pinata_puppet::Role;

/// Oracles: [`Watched`]'s, and nobody is believed.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let guest = if input.flag() { Role::Server } else { Role::Client };
    let cut = usize::from(input.byte()) + 1;
    let mut watched = Watched::new(world(), guest);
    let _hello = watched.take();
    let repeated = 1 + input.below(8);
    for _ in 0..repeated {
        // All but the last time only a piece, so that long messages need no long inputs.
        let piece = if repeated > 1 { input.piece() } else { &[] };
        watched.give(&piece.repeat(1 + usize::from(input.byte())), cut * 16);
    }
    watched.give(input.rest(), cut);
    let _answer = watched.take();
    assert!(!watched.has_released());
}
