//! The generator: ChaCha20 with fast key erasure. Each request runs the cipher once under the current key; the first 32
//! bytes of keystream become the next key before a byte is handed out, so that no output can be computed from later memory.
//!
//! Without a seed it refuses. The spin lock never waits in the guest, which has one core and draws no bytes in interrupts.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "scripted")]
mod script;

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use core::convert::Infallible;
use core::fmt;
use spin::Mutex;
use zeroize::{Zeroize, Zeroizing};

const KEY_BYTES: usize = 32;
/// Every key is used for one request only, so the nonce may stay the same.
const NONCE: [u8; 12] = [0; 12];

/// No seed has arrived yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unseeded;

/// The guest's one source of random bytes.
pub struct Generator {
    key: Mutex<Option<[u8; KEY_BYTES]>>,
    #[cfg(feature = "scripted")]
    script: Mutex<script::Script>,
}

impl Generator {
    pub const fn new() -> Generator {
        Generator {
            key: Mutex::new(None),
            #[cfg(feature = "scripted")]
            script: Mutex::new(script::Script::new()),
        }
    }

    /// What is drawn next, at most 96 bytes, instead of random bytes.
    #[cfg(feature = "scripted")]
    pub fn script(&self, bytes: &[u8]) {
        self.script.lock().write(bytes);
    }

    /// Ends a script. Whether exactly its bytes were drawn since.
    #[cfg(feature = "scripted")]
    pub fn script_ends(&self) -> bool {
        self.script.lock().ends()
    }

    /// Mixes in 32 bytes of entropy. The new key depends on the old one and on the seed, so a bad seed takes nothing away.
    pub fn seed(&self, seed: &[u8; KEY_BYTES]) {
        let mut slot = self.key.lock();
        let mut mixed = Zeroizing::new(*seed);
        if let Some(old) = slot.as_mut() {
            mixed.iter_mut().zip(old.iter()).for_each(|(new, old)| *new ^= old);
            old.zeroize();
        }
        let mut next = [0; KEY_BYTES];
        ChaCha20::new((&*mixed).into(), &NONCE.into()).apply_keystream(&mut next);
        *slot = Some(next);
    }

    /// Fills `out`, and erases the key that made it.
    pub fn fill(&self, out: &mut [u8]) -> Result<(), Unseeded> {
        #[cfg(feature = "scripted")]
        if self.script.lock().read(out) {
            return Ok(());
        }
        let mut slot = self.key.lock();
        let key = slot.as_mut().ok_or(Unseeded)?;
        let mut cipher = ChaCha20::new((&*key).into(), &NONCE.into());
        let mut next = Zeroizing::new([0; KEY_BYTES]);
        cipher.apply_keystream(&mut *next);
        out.fill(0);
        cipher.apply_keystream(out);
        key.copy_from_slice(&*next);
        Ok(())
    }
}

impl Default for Generator {
    fn default() -> Self {
        Generator::new()
    }
}

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Generator")
    }
}

/// The generator as the cryptographic crates want it. Panics without a seed: they have no way to be told, and a guest
/// without entropy must stop.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a>(pub &'a Generator);

impl rand_core::TryRng for Source<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(out).expect("the generator has no seed");
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Source<'_> {}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    /// ChaCha20 keystream of an all-zero key and nonce, RFC 8439 A.1 vectors 1 and 2 (blocks 0 and 1).
    const ZERO_KEY_KEYSTREAM: &str = "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7\
        da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586\
        9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed\
        29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f";

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    fn keyed(key: [u8; 32]) -> Generator {
        let generator = Generator::new();
        *generator.key.lock() = Some(key);
        generator
    }

    #[test]
    fn output_is_the_keystream_after_the_next_key() {
        let keystream = hex(ZERO_KEY_KEYSTREAM);
        let generator = keyed([0; 32]);
        let mut out = [0xaa; 96];
        generator.fill(&mut out).unwrap();
        assert_eq!(out[..], keystream[32..]);
        assert_eq!(generator.key.lock().unwrap()[..], keystream[..32]);
    }

    #[test]
    fn refuses_without_a_seed() {
        let mut out = [7; 8];
        assert_eq!(Generator::new().fill(&mut out), Err(Unseeded));
        assert_eq!(out, [7; 8]);
    }

    #[test]
    fn reseeding_depends_on_both_keys() {
        let draw = |seeds: &[[u8; 32]]| {
            let generator = Generator::new();
            seeds.iter().for_each(|seed| generator.seed(seed));
            let mut out = [0; 32];
            generator.fill(&mut out).unwrap();
            out
        };
        assert_ne!(draw(&[[1; 32], [3; 32]]), draw(&[[2; 32], [3; 32]]));
        assert_ne!(draw(&[[1; 32], [3; 32]]), draw(&[[1; 32], [4; 32]]));
        assert_eq!(draw(&[[1; 32], [3; 32]]), draw(&[[1; 32], [3; 32]]));
    }

    #[test]
    fn requests_do_not_repeat() {
        let generator = keyed([9; 32]);
        let (mut first, mut second) = ([0; 64], [0; 64]);
        generator.fill(&mut first).unwrap();
        generator.fill(&mut second).unwrap();
        assert_ne!(first, second);
    }
}
