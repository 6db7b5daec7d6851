//! Panics that are the guest's answer to a device that lies: known by where they are and what they say. All others are found
//! faults.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::Once;

/// File and beginning of the message.
const DOCUMENTED: [(&str, &str); 13] = [
    ("hal/src/ring.rs", "virtqueue: "),
    ("hal/src/ring.rs", "a buffer that the device had"),
    ("hal/src/ring.rs", "the token just seen: "),
    ("hal/src/ring.rs", "the device wrote past its buffer"),
    ("hal/src/features.rs", "Network "),
    ("hal/src/features.rs", "Console "),
    ("hal/src/features.rs", "EntropySource "),
    ("hal/src/nic.rs", "network address: "),
    ("hal/src/nic.rs", "a frame without its header"),
    ("hal/src/port.rs", "the device takes control messages"),
    ("hal/src/port_control.rs", "the channel was unplugged"),
    ("hal/src/entropy_source.rs", "short entropy"),
    ("hal/src/entropy_source.rs", "constant entropy"),
];

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static DIED: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Runs code that may die. What it was that it died of, if it was documented; any other panic goes on.
pub fn survive(run: impl FnOnce()) -> Option<&'static str> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        // libFuzzer's own hook, which ends the process, stays for all the others.
        let next = take_hook();
        set_hook(Box::new(move |info| match documented(info).filter(|_| WATCHED.get()) {
            Some(reason) => DIED.set(Some(reason)),
            None => next(info),
        }));
    });
    DIED.set(None);
    WATCHED.set(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    WATCHED.set(false);
    match result {
        Ok(()) => None,
        Err(panic) => DIED.get().map_or_else(|| resume_unwind(panic), Some),
    }
}

fn documented(info: &PanicHookInfo<'_>) -> Option<&'static str> {
    let (file, message) = (info.location()?.file(), info.payload_as_str()?);
    let one = DOCUMENTED.iter().find(|(end, beginning)| file.ends_with(end) && is_about(message, beginning))?;
    Some(one.1)
}

/// `assert_eq!` puts words of its own before the message.
fn is_about(message: &str, beginning: &str) -> bool {
    message.starts_with(beginning)
        || message.split_once(" failed: ").is_some_and(|(_, message)| message.starts_with(beginning))
}
