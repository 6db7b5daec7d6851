//! What all connections of a boot share: configurations for both roles.

use crate::SERVER_NAME;
use crate::authority::{Authority, Certificates};
use crate::buffer::Stock;
use crate::provider::curves::{CheckedGroup, Chosen, Key, Once, signatures_agree};
use crate::provider::provider;
use crate::provider::signing::LeafKey;
use crate::resolver::OneCertificate;
use crate::secrets::HandshakeSecrets;
use crate::session::Session;
use crate::slot::{Clock, Slot};
use crate::verifier::{PeerVerifier, Usage};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use pinata_entropy::Generator;
use rustls::client::{ClientConfig, Resumption, UnbufferedClientConnection};
use rustls::crypto::CryptoProvider;
use rustls::server::{NoServerSessionStorage, ServerConfig, UnbufferedServerConnection};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls_pki_types::{CertificateDer, ServerName};
use webpki::anchor_from_trusted_cert;

/// The configuration does not hold together. None of its parts comes from the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineError;

impl From<rustls::Error> for EngineError {
    fn from(_: rustls::Error) -> Self {
        EngineError
    }
}

/// Makes sessions. Its shared parts live as long as the boot.
pub struct Engine {
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
    slot: &'static Slot,
    stock: &'static Stock,
    certificates: Certificates,
    generator: &'static Generator,
    signatures: Once,
    groups: Vec<&'static CheckedGroup>,
}

impl Engine {
    /// `chain_max`: certificates that a peer may present.
    pub fn new(authority: Authority, generator: &'static Generator, chain_max: usize) -> Result<Engine, EngineError> {
        let groups = CheckedGroup::all::<Chosen>(generator);
        let slot: &'static Slot = Box::leak(Box::new(authority.slot()));
        let provider = Arc::new(provider(slot, generator, &groups));
        let Authority { certificates, server_key, client_key, .. } = authority;
        let ca = CertificateDer::from(&certificates.ca[..]);
        let anchor = anchor_from_trusted_cert(&ca).map_err(|_| EngineError)?.to_owned();
        let verifier = |usage| Arc::new(PeerVerifier { anchor: anchor.clone(), usage, chain_max, slot });
        let certified = |der: &[u8], key: Key| {
            let key = Arc::new(LeafKey { key, generator, slot });
            let certified = CertifiedKey::new(vec![CertificateDer::from(der.to_vec())], key);
            Arc::new(OneCertificate { certified: Arc::new(certified), slot })
        };

        let mut server = ServerConfig::builder_with_details(provider.clone(), Arc::new(Clock(slot)))
            .with_protocol_versions(&[&TLS13])?
            .with_client_cert_verifier(verifier(Usage::Client))
            .with_cert_resolver(certified(&certificates.server, server_key));
        server.key_log = Arc::new(HandshakeSecrets { slot, is_client: false });
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;
        server.send_half_rtt_data = false;
        server.max_early_data_size = 0;

        let mut client = ClientConfig::builder_with_details(provider, Arc::new(Clock(slot)))
            .with_protocol_versions(&[&TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(verifier(Usage::Server))
            .with_client_cert_resolver(certified(&certificates.client, client_key));
        client.key_log = Arc::new(HandshakeSecrets { slot, is_client: true });
        client.resumption = Resumption::disabled();
        client.enable_early_data = false;

        let stock = Box::leak(Box::new(Stock::new()));
        let (server, client, signatures) = (Arc::new(server), Arc::new(client), Once::default());
        Ok(Engine { server, client, slot, stock, certificates, generator, signatures, groups })
    }

    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// The cryptography that both roles use.
    pub fn provider(&self) -> &CryptoProvider {
        self.server.crypto_provider()
    }

    /// Makes the next self-check that a session would otherwise wait for. False: all are made.
    pub fn check_ahead(&self) -> bool {
        self.check_signatures() || self.groups.iter().any(|group| group.check())
    }

    fn check_signatures(&self) -> bool {
        self.signatures.make(&"ECDSA", || signatures_agree::<Chosen>(self.generator))
    }

    /// A session in which the peer is the client.
    pub fn server(&self) -> Result<Session, EngineError> {
        self.check_signatures();
        let connection = UnbufferedServerConnection::new(self.server.clone())?;
        Ok(Session::new(connection.into(), self.slot, self.stock))
    }

    /// A session in which the peer is the server; our hello is already pending.
    pub fn client(&self) -> Result<Session, EngineError> {
        self.check_signatures();
        let name = ServerName::try_from(SERVER_NAME).map_err(|_| EngineError)?;
        let connection = UnbufferedClientConnection::new(self.client.clone(), name)?;
        Ok(Session::new(connection.into(), self.slot, self.stock))
    }

    /// The wall clock that certificates are judged by.
    pub fn set_time(&self, unix_seconds: u64) {
        self.slot.set_time(unix_seconds);
    }

    /// Signatures made by the leaves' keys in this boot.
    pub fn signatures(&self) -> u64 {
        self.slot.signatures()
    }
}
