//! What a puppet says: an honest handshake, and what is to be other about it.

use crate::authority::Identity;
use crate::edit::Edit;
use crate::hello::{ClientHello, ECDSA_P256_SHA256, Extension, SIGNATURE_ALGORITHMS, ServerHello, extensions, numbers};
use crate::message::Message;
use crate::proof::{Digested, FinishedBy, Over, Signing, signature_prefix};
use crate::wire::{message, vec8, vec16, vec24};
use crate::{Authority, Role};
use sha2::{Digest, Sha256};

/// Which transcript something is computed over, where messages were altered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// What the receiver sees: the puppet knows of its own alterations.
    #[default]
    Received,
    /// What would have been sent: somebody altered it on the way.
    Meant,
}

/// Everything that a puppet will say. Its fields are honest until they are changed; those of the other role are not used.
#[derive(Clone)]
pub struct Script {
    /// 32 bytes: X25519's scalar.
    pub secret: [u8; 32],
    /// Sent before the other one, for a server that is to ask for that.
    pub first_hello: Option<ClientHello>,
    pub client_hello: ClientHello,
    pub server_hello: ServerHello,
    pub encrypted_extensions: Vec<Extension>,
    pub request_context: Vec<u8>,
    pub request_extensions: Vec<Extension>,
    pub certificate_context: Vec<u8>,
    /// Certificates with their extensions.
    pub certificates: Vec<(Vec<u8>, Vec<Extension>)>,
    pub signing: Signing,
    pub finished: FinishedBy,
    /// The transcript that Finished is over.
    pub finished_view: View,
    pub edits: Vec<Edit>,
    /// A flight's protected messages share one record, or have one each.
    pub is_coalesced: bool,
}

impl Script {
    /// An honest handshake with the leaf that an authority gave this role.
    pub fn honest(role: Role, authority: &Authority) -> Script {
        Script::with(role, authority.leaf(role))
    }

    /// An honest handshake with this certificate and key.
    pub fn with(role: Role, identity: &Identity) -> Script {
        let derived = |word: &str| -> [u8; 32] { Sha256::digest(word).into() };
        let secret = derived("exchange");
        let share = x25519_dalek::x25519(secret, x25519_dalek::X25519_BASEPOINT_BYTES);
        let context = match role {
            Role::Client => "TLS 1.3, client CertificateVerify",
            Role::Server => "TLS 1.3, server CertificateVerify",
        };
        Script {
            secret,
            first_hello: None,
            client_hello: ClientHello::new(derived("client"), &share),
            server_hello: ServerHello::new(derived("server"), &share),
            encrypted_extensions: Vec::new(),
            request_context: Vec::new(),
            request_extensions: vec![(SIGNATURE_ALGORITHMS, vec16(&numbers(&[ECDSA_P256_SHA256])))],
            certificate_context: Vec::new(),
            certificates: identity.chain.iter().map(|der| (der.clone(), Vec::new())).collect(),
            signing: Signing {
                view: View::Received,
                key: identity.key.clone(),
                scheme: ECDSA_P256_SHA256,
                prefix: signature_prefix(context),
                over: Over::Transcript,
                digest: Digested::Sha256,
            },
            finished: FinishedBy::OwnKey,
            finished_view: View::Received,
            edits: Vec::new(),
            is_coalesced: false,
        }
    }

    /// With this certificate and key in the place of the honest ones.
    #[must_use]
    pub fn as_identity(mut self, identity: &Identity) -> Script {
        self.certificates = identity.chain.iter().map(|der| (der.clone(), Vec::new())).collect();
        self.signing.key = identity.key.clone();
        self
    }

    /// With one more alteration.
    #[must_use]
    pub fn edit(mut self, edit: Edit) -> Script {
        self.edits.push(edit);
        self
    }

    /// With signature and Finished over these transcripts.
    #[must_use]
    pub fn viewed(mut self, signed: View, finished: View) -> Script {
        self.signing.view = signed;
        self.finished_view = finished;
        self
    }

    /// A flight's messages in the order in which they are sent.
    pub(crate) fn order(&self, flight: &[Message]) -> Vec<Message> {
        let mut order = flight.to_vec();
        for edit in &self.edits {
            let place = |message| order.iter().position(|other| *other == message);
            match edit {
                Edit::Drop(message) => order.retain(|other| other != message),
                Edit::Repeat(message) => {
                    if let Some(at) = place(*message) {
                        order.insert(at, *message);
                    }
                }
                Edit::Swap(message) => {
                    if let Some(at) = place(*message).filter(|at| at + 1 < order.len()) {
                        order.swap(at, at + 1);
                    }
                }
                _ => {}
            }
        }
        order
    }

    /// A message's bytes after the alterations.
    pub(crate) fn altered(&self, message: Message, mut bytes: Vec<u8>) -> Vec<u8> {
        for edit in &self.edits {
            if let Edit::Bytes(other, change) = edit
                && *other == message
            {
                change.apply(&mut bytes);
            }
        }
        bytes
    }

    pub(crate) fn certificate_request(&self) -> Vec<u8> {
        let body = [vec8(&self.request_context), extensions(&self.request_extensions)];
        message(Message::CertificateRequest.kind(), &body.concat())
    }

    pub(crate) fn certificate(&self) -> Vec<u8> {
        let entries = self.certificates.iter().flat_map(|(der, more)| [vec24(der), extensions(more)].concat());
        let body = [vec8(&self.certificate_context), vec24(&entries.collect::<Vec<_>>())];
        message(Message::Certificate.kind(), &body.concat())
    }

    /// `hash`: of the transcript that is signed.
    pub(crate) fn certificate_verify(&self, hash: &[u8; 32]) -> Vec<u8> {
        let body = [numbers(&[self.signing.scheme]), vec16(&self.signing.signature(hash))];
        message(Message::CertificateVerify.kind(), &body.concat())
    }
}
