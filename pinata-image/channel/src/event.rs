//! What the guest tells about one connection.

use alloc::{string::String, vec::Vec};
use minicbor::Encoder;
use minicbor::encode::{Error, Write};

/// One event. `id` is missing while the connection has no name: before a good preface.
#[derive(Clone, Debug)]
pub struct Event {
    pub id: Option<[u8; 16]>,
    /// Microseconds of the guest's monotonic clock.
    pub us: u64,
    pub detail: Detail,
}

/// The kind of an event with its further keys.
#[derive(Clone, Debug)]
pub enum Detail {
    Accepted {
        port: u16,
    },
    PrefaceBad {
        port: u16,
        reason: &'static str,
    },
    ClientHello,
    HelloRetry,
    ServerFlight,
    /// `chain`: as many as fit; `sha256` and `count` are of all.
    Certificate {
        chain: Vec<Vec<u8>>,
        sha256: [u8; 32],
        count: usize,
    },
    ChainOk,
    ChainRejected {
        reason: String,
    },
    PossessionOk {
        scheme: u16,
    },
    PossessionRejected {
        scheme: u16,
        reason: String,
    },
    Finished {
        suite: u16,
        group: u16,
    },
    Released {
        bytes: usize,
        to_self: bool,
    },
    AlertSent {
        code: u8,
    },
    AlertReceived {
        code: u8,
    },
    Limit {
        which: &'static str,
    },
    TlsError {
        what: String,
    },
    Closed {
        by: &'static str,
    },
    HandshakeSecrets {
        client_random: [u8; 32],
        client: [u8; 32],
        server: [u8; 32],
    },
    SessionTag {
        tag: [u8; 32],
    },
}

impl Detail {
    pub const fn kind(&self) -> &'static str {
        match self {
            Detail::Accepted { .. } => "accepted",
            Detail::PrefaceBad { .. } => "preface_bad",
            Detail::ClientHello => "client_hello",
            Detail::HelloRetry => "hello_retry",
            Detail::ServerFlight => "server_flight",
            Detail::Certificate { .. } => "certificate",
            Detail::ChainOk => "chain_ok",
            Detail::ChainRejected { .. } => "chain_rejected",
            Detail::PossessionOk { .. } => "possession_ok",
            Detail::PossessionRejected { .. } => "possession_rejected",
            Detail::Finished { .. } => "finished",
            Detail::Released { .. } => "released",
            Detail::AlertSent { .. } => "alert_sent",
            Detail::AlertReceived { .. } => "alert_received",
            Detail::Limit { .. } => "limit",
            Detail::TlsError { .. } => "tls_error",
            Detail::Closed { .. } => "closed",
            Detail::HandshakeSecrets { .. } => "handshake_secrets",
            Detail::SessionTag { .. } => "session_tag",
        }
    }

    const fn keys(&self) -> u64 {
        match self {
            Detail::ClientHello | Detail::HelloRetry | Detail::ServerFlight | Detail::ChainOk => 0,
            Detail::Accepted { .. }
            | Detail::ChainRejected { .. }
            | Detail::PossessionOk { .. }
            | Detail::AlertSent { .. }
            | Detail::AlertReceived { .. }
            | Detail::Limit { .. }
            | Detail::TlsError { .. }
            | Detail::Closed { .. }
            | Detail::SessionTag { .. } => 1,
            Detail::PrefaceBad { .. }
            | Detail::PossessionRejected { .. }
            | Detail::Finished { .. }
            | Detail::Released { .. } => 2,
            Detail::Certificate { .. } | Detail::HandshakeSecrets { .. } => 3,
        }
    }
}

impl Event {
    pub(crate) fn encode<W: Write>(&self, e: &mut Encoder<W>) -> Result<(), Error<W::Error>> {
        e.map(2 + u64::from(self.id.is_some()) + self.detail.keys())?;
        if let Some(id) = &self.id {
            e.str("id")?.bytes(id)?;
        }
        e.str("us")?.u64(self.us)?.str("kind")?.str(self.detail.kind())?;
        match &self.detail {
            Detail::ClientHello | Detail::HelloRetry | Detail::ServerFlight | Detail::ChainOk => e,
            Detail::Accepted { port } => e.str("port")?.u16(*port)?,
            Detail::PrefaceBad { port, reason } => e.str("port")?.u16(*port)?.str("reason")?.str(reason)?,
            Detail::Certificate { chain, sha256, count } => {
                e.str("chain")?.array(chain.len() as u64)?;
                for der in chain {
                    e.bytes(der)?;
                }
                e.str("sha256")?.bytes(sha256)?.str("count")?.u64(*count as u64)?
            }
            Detail::ChainRejected { reason } => e.str("reason")?.str(reason)?,
            Detail::PossessionOk { scheme } => e.str("scheme")?.u16(*scheme)?,
            Detail::PossessionRejected { scheme, reason } => {
                e.str("scheme")?.u16(*scheme)?.str("reason")?.str(reason)?
            }
            Detail::Finished { suite, group } => e.str("suite")?.u16(*suite)?.str("group")?.u16(*group)?,
            Detail::Released { bytes, to_self } => e.str("bytes")?.u64(*bytes as u64)?.str("self")?.bool(*to_self)?,
            Detail::AlertSent { code } | Detail::AlertReceived { code } => e.str("code")?.u8(*code)?,
            Detail::Limit { which } => e.str("which")?.str(which)?,
            Detail::TlsError { what } => e.str("what")?.str(what)?,
            Detail::Closed { by } => e.str("by")?.str(by)?,
            Detail::HandshakeSecrets { client_random, client, server } => {
                e.str("client_random")?.bytes(client_random)?;
                e.str("client")?.bytes(client)?.str("server")?.bytes(server)?
            }
            Detail::SessionTag { tag } => e.str("tag")?.bytes(tag)?,
        };
        Ok(())
    }
}
