//! rustls' ordinary server with one of its own providers.

use crate::credentials::Credentials;
use crate::fault::Fault;
use crate::server::{Connection, Server};
use crate::unbuffered::{SystemClock, run_to_rest};
use rustls::crypto::CryptoProvider;
use rustls::server::{NoServerSessionStorage, UnbufferedServerConnection, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use std::sync::Arc;

pub struct Rustls(Arc<ServerConfig>);

impl Rustls {
    pub fn new(credentials: &Credentials, provider: CryptoProvider) -> Result<Rustls, Fault> {
        let provider = Arc::new(provider);
        let mut roots = RootCertStore::empty();
        roots.add(credentials.ca.clone())?;
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build()?;
        let leaf = &credentials.server;
        let mut config = ServerConfig::builder_with_details(provider, Arc::new(SystemClock))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![leaf.certificate.clone()], leaf.key.clone_key())?;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Rustls(Arc::new(config)))
    }
}

impl Server for Rustls {
    fn accept(&self) -> Result<Box<dyn Connection>, Fault> {
        Ok(Box::new(UnbufferedServerConnection::new(self.0.clone())?))
    }
}

impl Connection for UnbufferedServerConnection {
    fn take_turn(&mut self, arrived: &[u8]) -> Result<(Vec<u8>, bool), Fault> {
        run_to_rest(self, |library, bytes| library.process_tls_records(bytes), arrived)
    }
}
