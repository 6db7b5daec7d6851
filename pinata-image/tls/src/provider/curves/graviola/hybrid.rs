//! X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem): in the shares and in the secret ML-KEM's part comes first.

use super::exchange::{BAD_SHARE, X25519};
use super::source::draw_from;
use alloc::boxed::Box;
use alloc::vec::Vec;
use graviola::key_agreement::mlkem768::{Ciphertext, DecapKey, EncapKey};
use rustls::crypto::{ActiveKeyExchange, CompletedKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, ProtocolVersion};

const ENCAPSULATION_KEY_BYTES: usize = 1184;
const CIPHERTEXT_BYTES: usize = 1088;

#[derive(Debug)]
pub(super) struct X25519MlKem768(pub X25519);

impl SupportedKxGroup for X25519MlKem768 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let classical = self.0.start()?;
        draw_from(self.0.0);
        let decapsulation = DecapKey::generate().map_err(|_| GetRandomFailed)?;
        let share = [&decapsulation.encapsulation_key().as_bytes()[..], classical.pub_key()].concat();
        Ok(Box::new(Active { decapsulation, classical, share }))
    }

    fn start_and_complete(&self, peer: &[u8]) -> Result<CompletedKeyExchange, Error> {
        let (encapsulation, classical) = peer.split_first_chunk::<ENCAPSULATION_KEY_BYTES>().ok_or(BAD_SHARE)?;
        let encapsulation = EncapKey::from_bytes(encapsulation).map_err(|_| BAD_SHARE)?;
        let classical = self.0.start_and_complete(classical)?;
        draw_from(self.0.0);
        let (secret, ciphertext) = encapsulation.encaps().map_err(|_| GetRandomFailed)?;
        Ok(CompletedKeyExchange {
            group: NamedGroup::X25519MLKEM768,
            pub_key: [&ciphertext.as_ref()[..], &classical.pub_key].concat(),
            secret: both(secret.as_ref(), &classical.secret),
        })
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        version == ProtocolVersion::TLSv1_3
    }
}

struct Active {
    decapsulation: DecapKey,
    classical: Box<dyn ActiveKeyExchange>,
    share: Vec<u8>,
}

impl ActiveKeyExchange for Active {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let (ciphertext, classical) = peer.split_first_chunk::<CIPHERTEXT_BYTES>().ok_or(BAD_SHARE)?;
        let classical = self.classical.complete(classical)?;
        let secret = self.decapsulation.decaps(&Ciphertext::from(*ciphertext));
        Ok(both(secret.as_ref(), &classical))
    }

    /// Offered beside the hybrid, so that a server without ML-KEM needs no second hello.
    fn hybrid_component(&self) -> Option<(NamedGroup, &[u8])> {
        Some((self.classical.group(), self.classical.pub_key()))
    }

    fn complete_hybrid_component(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        self.classical.complete(peer)
    }

    fn pub_key(&self) -> &[u8] {
        &self.share
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }
}

/// The secret of the hybrid. [`SharedSecret`] erases what it is made of.
fn both(post_quantum: &[u8; 32], classical: &SharedSecret) -> SharedSecret {
    SharedSecret::from([post_quantum, classical.secret_bytes()].concat())
}
