//! The record ciphers (RFC 8446, section 5.2). The sealing side also notes alerts: once keys are in use, this is the only
//! place where an outgoing alert can be read.

use crate::slot::Slot;
use crate::wire::alert_code;
use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{AeadInOut, Buffer, KeyInit, Nonce, Tag};
use alloc::boxed::Box;
use chacha20poly1305::ChaCha20Poly1305;
use core::marker::PhantomData;
use pinata_channel::Detail;
use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, InboundPlainMessage, Iv, MessageDecrypter, MessageEncrypter, OutboundOpaqueMessage,
    OutboundPlainMessage, PrefixedPayload, Tls13AeadAlgorithm, UnsupportedOperationError, make_tls13_aad,
};
use rustls::{ConnectionTrafficSecrets, ContentType, Error, ProtocolVersion};

const TAG_BYTES: usize = 16;
const CONTENT_TYPE_BYTES: usize = 1;

pub(super) fn aes_128_gcm(slot: &'static Slot) -> &'static dyn Tls13AeadAlgorithm {
    Box::leak(Box::new(Algorithm::<Aes128Gcm> { key_bytes: 16, slot, cipher: PhantomData }))
}

pub(super) fn chacha20_poly1305(slot: &'static Slot) -> &'static dyn Tls13AeadAlgorithm {
    Box::leak(Box::new(Algorithm::<ChaCha20Poly1305> { key_bytes: 32, slot, cipher: PhantomData }))
}

struct Algorithm<A> {
    key_bytes: usize,
    slot: &'static Slot,
    cipher: PhantomData<fn() -> A>,
}

impl<A: AeadInOut + KeyInit + Send + Sync + 'static> Algorithm<A> {
    fn keyed(&self, key: &AeadKey, iv: Iv) -> Box<Keyed<A>> {
        let cipher = A::new_from_slice(key.as_ref()).expect("rustls makes keys of key_len bytes");
        Box::new(Keyed { cipher, iv, slot: self.slot })
    }
}

impl<A: AeadInOut + KeyInit + Send + Sync + 'static> Tls13AeadAlgorithm for Algorithm<A> {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        self.keyed(&key, iv)
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        self.keyed(&key, iv)
    }

    fn key_len(&self) -> usize {
        self.key_bytes
    }

    fn extract_keys(&self, _: AeadKey, _: Iv) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

struct Keyed<A> {
    cipher: A,
    iv: Iv,
    slot: &'static Slot,
}

impl<A: AeadInOut> Keyed<A> {
    fn nonce(&self, sequence: u64) -> Nonce<A> {
        let nonce = rustls::crypto::cipher::Nonce::new(&self.iv, sequence);
        Nonce::<A>::try_from(&nonce.0[..]).expect("both ciphers take nonces of 12 bytes")
    }
}

impl<A: AeadInOut + Send + Sync> MessageEncrypter for Keyed<A> {
    fn encrypt(&mut self, message: OutboundPlainMessage<'_>, sequence: u64) -> Result<OutboundOpaqueMessage, Error> {
        if message.typ == ContentType::Alert
            && let Some(code) = alert_code(&message.payload.to_vec())
        {
            self.slot.note(Detail::AlertSent { code });
        }
        let length = self.encrypted_payload_len(message.payload.len());
        let mut payload = PrefixedPayload::with_capacity(length);
        payload.extend_from_chunks(&message.payload);
        payload.extend_from_slice(&message.typ.to_array());
        self.cipher
            .encrypt_in_place(&self.nonce(sequence), &make_tls13_aad(length), &mut Payload(&mut payload))
            .map_err(|_| Error::EncryptError)?;
        Ok(OutboundOpaqueMessage::new(ContentType::ApplicationData, ProtocolVersion::TLSv1_2, payload))
    }

    fn encrypted_payload_len(&self, length: usize) -> usize {
        length + CONTENT_TYPE_BYTES + TAG_BYTES
    }
}

impl<A: AeadInOut + Send + Sync> MessageDecrypter for Keyed<A> {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let length = message.payload.len();
        let plain = length.checked_sub(TAG_BYTES).ok_or(Error::DecryptError)?;
        let (body, tag) = message.payload.split_at_mut(plain);
        let tag = Tag::<A>::try_from(&*tag).map_err(|_| Error::DecryptError)?;
        self.cipher
            .decrypt_inout_detached(&self.nonce(sequence), &make_tls13_aad(length), body.into(), &tag)
            .map_err(|_| Error::DecryptError)?;
        message.payload.truncate(plain);
        message.into_tls13_unpadded_message()
    }
}

/// rustls' payload as the ciphers' buffer.
struct Payload<'a>(&'a mut PrefixedPayload);

impl AsRef<[u8]> for Payload<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref()
    }
}

impl AsMut<[u8]> for Payload<'_> {
    fn as_mut(&mut self) -> &mut [u8] {
        self.0.as_mut()
    }
}

impl Buffer for Payload<'_> {
    fn extend_from_slice(&mut self, more: &[u8]) -> aes_gcm::aead::Result<()> {
        self.0.extend_from_slice(more);
        Ok(())
    }

    fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }
}
