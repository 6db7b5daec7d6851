//! Our certificate, whoever asks.

use crate::slot::Slot;
use alloc::sync::Arc;
use pinata_channel::Detail;
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

#[derive(Debug)]
pub(crate) struct OneCertificate {
    pub certified: Arc<CertifiedKey>,
    pub slot: &'static Slot,
}

impl ResolvesServerCert for OneCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // Asked again after a hello retry.
        self.slot.with(|observed| {
            if !core::mem::replace(&mut observed.hello_seen, true) {
                observed.notes.push(Detail::ClientHello);
            }
        });
        Some(self.certified.clone())
    }
}

impl ResolvesClientCert for OneCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.certified.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}
