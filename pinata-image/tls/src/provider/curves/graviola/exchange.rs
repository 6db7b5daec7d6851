//! X25519 and secp256r1.

use super::source::draw_from;
use alloc::boxed::Box;
use graviola::key_agreement::{p256, x25519};
use pinata_entropy::Generator;
use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved};

pub(super) const BAD_SHARE: Error = Error::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare);

#[derive(Clone, Copy, Debug)]
pub(super) struct X25519(pub &'static Generator);

impl SupportedKxGroup for X25519 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        draw_from(self.0);
        let secret = x25519::PrivateKey::new_random().map_err(|_| GetRandomFailed)?;
        let public = secret.public_key().as_bytes();
        Ok(Box::new(ActiveX25519 { secret, public }))
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

struct ActiveX25519 {
    secret: x25519::PrivateKey,
    public: [u8; 32],
}

impl ActiveKeyExchange for ActiveX25519 {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let peer = x25519::PublicKey::try_from_slice(peer).map_err(|_| BAD_SHARE)?;
        // It refuses an all-zero result, as RFC 8446, section 7.4.2 demands.
        let shared = self.secret.diffie_hellman(&peer).map_err(|_| BAD_SHARE)?;
        Ok(SharedSecret::from(&shared.0[..]))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct P256(pub &'static Generator);

impl SupportedKxGroup for P256 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        draw_from(self.0);
        let secret = p256::PrivateKey::new_random().map_err(|_| GetRandomFailed)?;
        let public = secret.public_key_uncompressed();
        Ok(Box::new(ActiveP256 { secret, public }))
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp256r1
    }
}

struct ActiveP256 {
    secret: p256::PrivateKey,
    public: [u8; 65],
}

impl ActiveKeyExchange for ActiveP256 {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        // RFC 8446, section 4.2.8.2: only the uncompressed form. The parser checks that the point is on the curve.
        let peer = p256::PublicKey::from_x962_uncompressed(peer).map_err(|_| BAD_SHARE)?;
        let shared = self.secret.diffie_hellman(&peer).map_err(|_| BAD_SHARE)?;
        Ok(SharedSecret::from(&shared.0[..]))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::secp256r1
    }
}
