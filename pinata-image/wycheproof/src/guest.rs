//! The guest's cryptography, drawing what a vector wants drawn.

use pinata_entropy::Generator;
use pinata_tls::{Authority, Engine};
use rustls::crypto::{ActiveKeyExchange, CompletedKeyExchange, CryptoProvider, SupportedKxGroup};
use rustls::{NamedGroup, Tls13CipherSuite};
use std::sync::{LazyLock, Mutex};

const NOW: u64 = 1_800_000_000;
const CHAIN_MAX: usize = 8;

struct Guest {
    provider: CryptoProvider,
    /// Whoever holds it has the generator's script to themselves.
    generator: Mutex<&'static Generator>,
}

static GUEST: LazyLock<Guest> = LazyLock::new(|| {
    let generator: &'static Generator = Box::leak(Box::new(Generator::new()));
    generator.seed(&[0x77; 32]);
    let engine = Engine::new(Authority::born("wycheproof", NOW, generator), generator, CHAIN_MAX)
        .expect("the guest's configuration holds together");
    // A group's own check draws too.
    while engine.check_ahead() {}
    let provider = engine.provider().clone();
    Guest { provider, generator: Mutex::new(generator) }
});

/// What an engine's sessions use.
pub fn provider() -> &'static CryptoProvider {
    &GUEST.provider
}

/// The suite of a cipher. Panics if the guest has none of that name.
pub fn suite(name: rustls::CipherSuite) -> &'static Tls13CipherSuite {
    let suite = provider().cipher_suites.iter().find(|suite| suite.suite() == name);
    suite.and_then(|suite| suite.tls13()).unwrap_or_else(|| panic!("no {name:?}"))
}

fn group(name: NamedGroup) -> &'static dyn SupportedKxGroup {
    let group = provider().kx_groups.iter().find(|group| group.name() == name);
    *group.unwrap_or_else(|| panic!("no {name:?}"))
}

/// Runs with `drawn` as what the generator gives first. `None` unless exactly that was drawn: the function wanted other bytes
/// than the vector has, as it does when it draws again for a private key that is out of range.
fn drawing<T>(drawn: &[u8], run: impl FnOnce() -> T) -> Option<T> {
    let generator = GUEST.generator.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    generator.script(drawn);
    let result = run();
    generator.script_ends().then_some(result)
}

/// An exchange whose private key, as it is drawn, is `private`.
pub fn start(name: NamedGroup, private: &[u8]) -> Option<Box<dyn ActiveKeyExchange>> {
    drawing(private, || group(name).start())?.ok()
}

/// A server's answer to a share. `None`: it is refused, or something else than `drawn` was drawn.
pub fn answer(name: NamedGroup, share: &[u8], drawn: &[u8]) -> Option<CompletedKeyExchange> {
    drawing(drawn, || group(name).start_and_complete(share))?.ok()
}
