//! graviola asks a function without arguments for random bytes; ours remembers whose generator it is to use.

use pinata_entropy::Generator;
use spin::Mutex;

static GENERATOR: Mutex<Option<&'static Generator>> = Mutex::new(None);

/// What graviola draws from now on comes from this generator. A boot has one; where tests have several at a time, which of
/// them serves a call makes no difference.
pub(super) fn draw_from(generator: &'static Generator) {
    *GENERATOR.lock() = Some(generator);
    graviola::random::set_source(fill);
}

fn fill(out: &mut [u8]) -> bool {
    let generator = *GENERATOR.lock();
    generator.is_some_and(|generator| generator.fill(out).is_ok())
}
