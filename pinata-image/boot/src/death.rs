//! The only way to end: tell the supervisor, say last words on the serial port, signal the hypervisor, stop. Never a
//! half state.
use core::cell::Cell;
use core::fmt::{Arguments, Write};
#[cfg(pinata_image)]
use core::panic::PanicInfo;

use critical_section::Mutex;
use pinata_hal::{cpu, last_words::LastWords, pvpanic};

/// Why the guest ends.
pub struct Death<'a> {
    pub reason: Arguments<'a>,
    pub location: Arguments<'a>,
}

type Hook = fn(&Death);

static HOOK: Mutex<Cell<Option<Hook>>> = Mutex::new(Cell::new(None));

/// Registers what is done first on death. It must end in bounded time; a fault inside it is survived by skipping the
/// rest of it.
pub fn on_death(hook: Hook) {
    critical_section::with(|section| HOOK.borrow(section).set(Some(hook)));
}

/// Ends the guest. The hook is taken, so that a second death inside it goes straight to the last words.
pub fn die(reason: Arguments, location: Arguments) -> ! {
    if let Some(hook) = critical_section::with(|section| HOOK.borrow(section).take()) {
        hook(&Death { reason, location });
    }
    let _ = writeln!(LastWords, "pinata: {reason} at {location}");
    pvpanic::signal();
    cpu::stop()
}

/// Only in the image: on the host there is another one.
#[cfg(pinata_image)]
#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    match info.location() {
        Some(location) => die(format_args!("panic: {}", info.message()), format_args!("{location}")),
        None => die(format_args!("panic: {}", info.message()), format_args!("unknown")),
    }
}
