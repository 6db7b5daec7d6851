//! What gates heard, for tests: the feature `trace` brings it, and needs std, which no image has.

extern crate std;

use pinata_gate::{Event, State};
use std::cell::RefCell;
use std::thread_local;
use std::vec::Vec;

thread_local! {
    static HEARD: RefCell<Vec<(Event, State)>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn heard(event: Event, state: State) {
    HEARD.with_borrow_mut(|heard| heard.push((event, state)));
}

/// What the gates of this thread's sessions heard since the last call, each event with the state that it led to.
pub fn take() -> Vec<(Event, State)> {
    HEARD.take()
}
