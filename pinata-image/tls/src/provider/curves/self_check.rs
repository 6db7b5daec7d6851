//! One of everything before the first connection: what does not agree with itself must not serve. It also leaves no table to
//! be built, and under emulation little code to be translated, for the first handshake.

use super::{Curves, PrivateKey};
use pinata_entropy::Generator;

const MESSAGE: &[u8] = b"pinata self-check";
const OTHER: &[u8] = b"pinata self-chekc";

/// `None`: the implementation is broken here.
pub(crate) fn self_check<C: Curves>(generator: &'static Generator) -> Option<()> {
    let key = C::Key::born(generator);
    let signature = key.sign(MESSAGE, generator)?;
    let signs = C::verify(&key.public(), MESSAGE, &signature) && !C::verify(&key.public(), OTHER, &signature);
    let agrees = C::groups(generator).into_iter().all(|group| {
        let Ok(ours) = group.start() else { return false };
        let Ok(theirs) = group.start_and_complete(ours.pub_key()) else { return false };
        ours.complete(&theirs.pub_key).is_ok_and(|secret| secret.secret_bytes() == theirs.secret.secret_bytes())
    });
    (signs && agrees).then_some(())
}
