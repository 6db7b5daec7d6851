//! The two secrets that may be told: those of the handshake. They open a peer's certificate and the alerts of the
//! handshake; what is released is under other keys, which are never logged.

use crate::slot::{Secrets, Slot};
use pinata_channel::Detail;
use rustls::KeyLog;
use sha2::{Digest, Sha256};

const CLIENT_LABEL: &str = "CLIENT_HANDSHAKE_TRAFFIC_SECRET";
const SERVER_LABEL: &str = "SERVER_HANDSHAKE_TRAFFIC_SECRET";

/// rustls' key log for one role.
#[derive(Debug)]
pub(crate) struct HandshakeSecrets {
    pub slot: &'static Slot,
    /// As a client, these secrets exist as soon as the server's hello is taken, which no other callback tells.
    pub is_client: bool,
}

impl KeyLog for HandshakeSecrets {
    fn will_log(&self, label: &str) -> bool {
        matches!(label, CLIENT_LABEL | SERVER_LABEL)
    }

    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let (Ok(client_random), Ok(secret)) = (client_random.try_into(), secret.try_into()) else { return };
        self.slot.with(|observed| {
            let secrets = observed.secrets.get_or_insert(Secrets { client_random, client: [0; 32], server: [0; 32] });
            match label {
                CLIENT_LABEL => {
                    secrets.client = secret;
                    if self.is_client {
                        observed.notes.push(Detail::ServerFlight);
                    }
                    observed.notes.push(Detail::SessionTag { tag: Sha256::digest(secret).into() });
                }
                SERVER_LABEL => secrets.server = secret,
                _ => {}
            }
        });
    }
}
