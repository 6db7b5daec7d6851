//! What the guest must not do, done on request: only in the image of the guest's own tests (`build.sh --misdeeds`).
mod faults;
mod flood;
mod packet;
mod processor;
mod reach;
mod search;
mod stacks;

use pinata_boot::misdeeds::name;

use crate::wire::Wire;

/// Does what is asked for, if anything is. Called in the loop of a guest that serves and has nothing left to say.
pub fn commit(wire: &mut Wire) {
    faults::commit(name());
    stacks::commit(name());
    flood::commit(name());
    processor::commit(name());
    if let Some(hex) = name().strip_prefix("search for ") {
        search::commit(hex);
    }
    if let Some(port) = name().strip_prefix("reach the host at ") {
        reach::commit(wire, port.parse().expect("a port"));
    }
    if let Some(port) = name().strip_prefix("flood the network at ") {
        reach::flood(wire, port.parse().expect("a port"));
    }
}
