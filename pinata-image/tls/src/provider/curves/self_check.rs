//! What does not agree with itself must not serve: signatures are checked before the first session, each key exchange before its
//! first use. A check also leaves little code to be translated under emulation, so it is worth making in an idle moment.

use super::{Curves, PrivateKey};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt::Debug;
use core::sync::atomic::{AtomicBool, Ordering};
use pinata_entropy::Generator;
use rustls::crypto::{ActiveKeyExchange, CompletedKeyExchange, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, ProtocolVersion};

const MESSAGE: &[u8] = b"pinata self-check";
const OTHER: &[u8] = b"pinata self-chekc";

/// A check that is made once. Panics where it finds that something does not agree with itself: a boot must not go on like that.
#[derive(Debug, Default)]
pub(crate) struct Once(AtomicBool);

impl Once {
    /// Does nothing, and returns false, once it has been done.
    pub(crate) fn make(&self, what: &dyn Debug, check: impl FnOnce() -> bool) -> bool {
        if self.0.load(Ordering::Relaxed) {
            return false;
        }
        assert!(check(), "{what:?} does not agree with itself");
        self.0.store(true, Ordering::Relaxed);
        true
    }
}

/// Whether a signature is verified, and refused for another message.
pub(crate) fn signatures_agree<C: Curves>(generator: &'static Generator) -> bool {
    let key = C::Key::born(generator);
    let public = key.public();
    key.sign(MESSAGE, generator)
        .is_some_and(|signature| C::verify(&public, MESSAGE, &signature) && !C::verify(&public, OTHER, &signature))
}

/// A key exchange that has agreed with itself before it serves anybody.
#[derive(Debug)]
pub(crate) struct CheckedGroup {
    group: &'static dyn SupportedKxGroup,
    once: Once,
}

impl CheckedGroup {
    /// All of them, in the order in which they are offered.
    pub(crate) fn all<C: Curves>(generator: &'static Generator) -> Vec<&'static CheckedGroup> {
        let checked =
            |group| -> &'static CheckedGroup { Box::leak(Box::new(CheckedGroup { group, once: Once::default() })) };
        C::groups(generator).into_iter().map(checked).collect()
    }

    /// As [`Once::make`].
    pub(crate) fn check(&self) -> bool {
        self.once.make(&self.group.name(), || agrees(self.group))
    }
}

fn agrees(group: &dyn SupportedKxGroup) -> bool {
    let Ok(ours) = group.start() else { return false };
    let Ok(theirs) = group.start_and_complete(ours.pub_key()) else { return false };
    ours.complete(&theirs.pub_key).is_ok_and(|secret| secret.secret_bytes() == theirs.secret.secret_bytes())
}

impl SupportedKxGroup for CheckedGroup {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        self.check();
        self.group.start()
    }

    fn start_and_complete(&self, share: &[u8]) -> Result<CompletedKeyExchange, Error> {
        self.check();
        self.group.start_and_complete(share)
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        self.group.ffdhe_group()
    }

    fn name(&self) -> NamedGroup {
        self.group.name()
    }

    fn fips(&self) -> bool {
        self.group.fips()
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        self.group.usable_for_version(version)
    }
}
