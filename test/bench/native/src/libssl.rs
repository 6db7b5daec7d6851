//! OpenSSL's library, as Debian ships it.

use crate::credentials::Credentials;
use crate::fault::Fault;
use crate::server::{Connection, Server};
use openssl::pkey::PKey;
use openssl::ssl::{
    ErrorCode, Ssl, SslContext, SslMethod, SslOptions, SslSessionCacheMode, SslStream, SslVerifyMode, SslVersion,
};
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};

pub struct Libssl(SslContext);

impl Libssl {
    pub fn new(credentials: &Credentials) -> Result<Libssl, Fault> {
        let mut roots = X509StoreBuilder::new()?;
        roots.add_cert(X509::from_der(&credentials.ca)?)?;
        let mut context = SslContext::builder(SslMethod::tls_server())?;
        context.set_min_proto_version(Some(SslVersion::TLS1_3))?;
        context.set_cert_store(roots.build());
        context.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
        context.set_certificate(&*X509::from_der(&credentials.server.certificate)?)?;
        context.set_private_key(&*PKey::private_key_from_der(credentials.server.key.secret_der())?)?;
        context.set_session_cache_mode(SslSessionCacheMode::OFF);
        context.set_options(SslOptions::NO_TICKET);
        context.set_num_tickets(0)?;
        Ok(Libssl(context.build()))
    }
}

impl Server for Libssl {
    fn accept(&self) -> Result<Box<dyn Connection>, Fault> {
        Ok(Box::new(SslStream::new(Ssl::new(&self.0)?, Wire::default())?))
    }
}

/// Memory in place of a socket.
#[derive(Default)]
struct Wire {
    arrived: VecDeque<u8>,
    answer: Vec<u8>,
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.arrived.read(buffer)? {
            0 => Err(ErrorKind::WouldBlock.into()),
            n => Ok(n),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.answer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Connection for SslStream<Wire> {
    fn take_turn(&mut self, arrived: &[u8]) -> Result<(Vec<u8>, bool), Fault> {
        self.get_mut().arrived.extend(arrived);
        let done = match self.accept() {
            Ok(()) => true,
            Err(error) if error.code() == ErrorCode::WANT_READ => false,
            Err(error) => return Err(error.into()),
        };
        Ok((std::mem::take(&mut self.get_mut().answer), done))
    }
}
