//! Authorities and leaves by the openssl command.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder of its own, removed when dropped.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("pinata-hosted-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Folder(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[derive(Clone, Copy)]
pub enum LeafKind {
    Server,
    Client,
    /// No extended key usage at all.
    Unmarked,
    /// Right, but over since yesterday.
    ExpiredClient,
    /// serverAuth, for another name.
    StrangeServer,
    /// clientAuth with this many bytes of an unknown extension.
    HugeClient(usize),
}

#[derive(Clone, Copy)]
pub enum RsaOrEc {
    Rsa,
    Ec,
}

/// A CA with a server and a client leaf, as files in a folder.
pub struct Authority {
    pub folder: Folder,
}

impl Authority {
    pub fn new(subject: &str, keys: RsaOrEc) -> Authority {
        let authority = Authority { folder: Folder::new() };
        authority.key("ca", keys);
        let (key, cert) = (authority.path("ca.key"), authority.path("ca.pem"));
        openssl(
            &["req", "-x509", "-new", "-sha256", "-days", "30", "-subj", subject],
            &[("-key", &key), ("-out", &cert)],
        );
        authority.leaf("server", LeafKind::Server, keys);
        authority.leaf("client", LeafKind::Client, keys);
        authority
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path(name)
    }

    /// DER of a certificate.
    pub fn der(&self, name: &str) -> Vec<u8> {
        openssl(&["x509", "-outform", "DER"], &[("-in", &self.path(&format!("{name}.pem")))])
    }

    /// The scalar of a P-256 key: RFC 5915 puts it behind `SEQUENCE INTEGER(1) OCTET STRING(32)`.
    pub fn scalar(&self, name: &str) -> Vec<u8> {
        openssl(&["ec", "-outform", "DER"], &[("-in", &self.path(&format!("{name}.key")))])[7..39].to_vec()
    }

    /// Makes `name.key` and `name.pem` under this authority.
    pub fn leaf(&self, name: &str, kind: LeafKind, keys: RsaOrEc) {
        self.key(name, keys);
        let (key, request) = (self.path(&format!("{name}.key")), self.path(&format!("{name}.csr")));
        openssl(&["req", "-new", "-subj", "/CN=pinata"], &[("-key", &key), ("-out", &request)]);
        let extensions = match kind {
            LeafKind::Server => "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:pinata\n".into(),
            LeafKind::StrangeServer => "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:other\n".into(),
            LeafKind::Client | LeafKind::ExpiredClient => "extendedKeyUsage=clientAuth\n".into(),
            LeafKind::Unmarked => "subjectAltName=DNS:pinata\n".into(),
            LeafKind::HugeClient(bytes) => {
                format!("extendedKeyUsage=clientAuth\n1.2.3.4.5=ASN1:UTF8String:{}\n", "x".repeat(bytes))
            }
        };
        let extension_file = self.path("extensions");
        fs::write(&extension_file, extensions).unwrap();
        let cert = self.path(&format!("{name}.pem"));
        if matches!(kind, LeafKind::ExpiredClient) {
            return self.sign_expired(&request, &extension_file, &cert);
        }
        openssl(
            &["x509", "-req", "-sha256", "-CAcreateserial", "-days", "30"],
            &[
                ("-in", &request),
                ("-CA", &self.path("ca.pem")),
                ("-CAkey", &self.path("ca.key")),
                ("-extfile", &extension_file),
                ("-out", &cert),
            ],
        );
    }

    /// Only `openssl ca` sets both dates, and it wants a configuration.
    fn sign_expired(&self, request: &Path, extensions: &Path, cert: &Path) {
        let (index, serial, config) = (self.path("index"), self.path("serial"), self.path("ca.conf"));
        fs::write(&index, "").unwrap();
        fs::write(&serial, "7001\n").unwrap();
        let text = format!(
            "[ca]\ndefault_ca=d\n[d]\ndatabase={}\nserial={}\nnew_certs_dir={}\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n",
            index.display(),
            serial.display(),
            self.path("").display(),
        );
        fs::write(&config, text).unwrap();
        openssl(
            &["ca", "-batch", "-notext", "-startdate", "20200101000000Z", "-enddate", "20200201000000Z"],
            &[
                ("-config", &config),
                ("-in", request),
                ("-cert", &self.path("ca.pem")),
                ("-keyfile", &self.path("ca.key")),
                ("-extfile", extensions),
                ("-out", cert),
            ],
        );
    }

    fn key(&self, name: &str, keys: RsaOrEc) {
        let options: &[&str] = match keys {
            RsaOrEc::Rsa => &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            RsaOrEc::Ec => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        };
        let out = self.path(&format!("{name}.key"));
        openssl(&[&["genpkey"], options].concat(), &[("-out", &out)]);
    }
}

/// Runs openssl with arguments and options that name files; returns its output.
pub fn openssl(arguments: &[&str], files: &[(&str, &Path)]) -> Vec<u8> {
    let mut command = Command::new("openssl");
    command.args(arguments).stdin(Stdio::null());
    files.iter().for_each(|(option, path)| {
        command.arg(option).arg(path);
    });
    let output = command.output().expect("openssl is installed");
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
