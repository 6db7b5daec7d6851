//! The certificates that all libraries are given.

use crate::fault::Fault;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;

pub struct Leaf {
    pub certificate: CertificateDer<'static>,
    pub key: PrivateKeyDer<'static>,
    pub scalar: [u8; 32],
}

pub struct Credentials {
    pub ca: CertificateDer<'static>,
    pub server: Leaf,
    pub client: Leaf,
}

impl Credentials {
    pub fn read(folder: &Path) -> Result<Credentials, Fault> {
        let leaf = |name: &str| {
            Ok::<_, Fault>(Leaf {
                certificate: CertificateDer::from_pem_file(folder.join(format!("{name}.pem")))?,
                key: PrivateKeyDer::from_pem_file(folder.join(format!("{name}.key")))?,
                scalar: std::fs::read(folder.join(format!("{name}.scalar")))?[..].try_into()?,
            })
        };
        Ok(Credentials {
            ca: CertificateDer::from_pem_file(folder.join("ca.pem"))?,
            server: leaf("server")?,
            client: leaf("client")?,
        })
    }
}
