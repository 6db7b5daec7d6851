//! The one client: rustls with aws-lc-rs, one key exchange, no resumption.

use crate::credentials::Credentials;
use crate::fault::Fault;
use crate::unbuffered::{SystemClock, run_to_rest};
use rustls::client::{Resumption, UnbufferedClientConnection};
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::ServerName;
use std::sync::Arc;

const SERVER_NAME: &str = "pinata";

pub struct Client(Arc<ClientConfig>);

impl Client {
    pub fn new(credentials: &Credentials, group: &str) -> Result<Client, Fault> {
        let mut provider = aws_lc_rs::default_provider();
        provider.kx_groups = vec![match group {
            "X25519" => aws_lc_rs::kx_group::X25519,
            "X25519MLKEM768" => aws_lc_rs::kx_group::X25519MLKEM768,
            _ => return Err(format!("no group {group}").into()),
        }];
        provider.cipher_suites = vec![aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256];
        let mut roots = RootCertStore::empty();
        roots.add(credentials.ca.clone())?;
        let leaf = &credentials.client;
        let mut config = ClientConfig::builder_with_details(Arc::new(provider), Arc::new(SystemClock))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![leaf.certificate.clone()], leaf.key.clone_key())?;
        config.resumption = Resumption::disabled();
        Ok(Client(Arc::new(config)))
    }

    pub fn connect(&self) -> Result<Peer, Fault> {
        Ok(Peer(UnbufferedClientConnection::new(self.0.clone(), ServerName::try_from(SERVER_NAME)?)?))
    }
}

pub struct Peer(UnbufferedClientConnection);

impl Peer {
    /// Its answer to what arrived; to nothing, its hello.
    pub fn take_turn(&mut self, arrived: &[u8]) -> Result<Vec<u8>, Fault> {
        run_to_rest(&mut self.0, |library, bytes| library.process_tls_records(bytes), arrived).map(|(answer, _)| answer)
    }
}
