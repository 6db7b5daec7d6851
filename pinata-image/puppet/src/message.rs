//! The messages of a handshake that a puppet sends.

use crate::Role;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// The hello that a server answers with a HelloRetryRequest, in scripts that have one.
    FirstHello,
    ClientHello,
    ServerHello,
    EncryptedExtensions,
    CertificateRequest,
    Certificate,
    CertificateVerify,
    Finished,
}

impl Message {
    /// The flights of a role, in order, where nobody asks for another hello.
    pub const fn flights(role: Role) -> &'static [&'static [Message]] {
        use Message::*;
        match role {
            Role::Client => &[&[ClientHello], &[Certificate, CertificateVerify, Finished]],
            Role::Server => {
                &[&[ServerHello, EncryptedExtensions, CertificateRequest, Certificate, CertificateVerify, Finished]]
            }
        }
    }

    /// Its handshake type (RFC 8446, section 4).
    pub const fn kind(self) -> u8 {
        match self {
            Message::FirstHello | Message::ClientHello => 1,
            Message::ServerHello => 2,
            Message::EncryptedExtensions => 8,
            Message::Certificate => 11,
            Message::CertificateRequest => 13,
            Message::CertificateVerify => 15,
            Message::Finished => 20,
        }
    }

    /// Hellos are sent in plaintext.
    pub(crate) const fn is_hello(self) -> bool {
        matches!(self, Message::FirstHello | Message::ClientHello | Message::ServerHello)
    }
}
