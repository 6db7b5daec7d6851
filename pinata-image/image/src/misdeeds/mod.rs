//! What the guest must not do, done on request: only in the image of the guest's own tests (`build.sh --misdeeds`).
mod faults;
mod flood;
mod packet;
mod reach;

use pinata_boot::misdeeds::name;

use crate::wire::Wire;

/// Does what is asked for, if anything is. Called in the loop of a guest that serves and has nothing left to say.
pub fn commit(wire: &mut Wire) {
    faults::commit(name());
    flood::commit(name());
    if let Some(port) = name().strip_prefix("reach the host at ") {
        reach::commit(wire, port.parse().expect("a port"));
    }
}
