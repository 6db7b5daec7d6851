//! The guest's TLS, in memory.

use crate::{Case, DOCUMENT, Seen};
use pinata_channel::GivenAuthority;
use pinata_entropy::Generator;
use pinata_puppet::Authority;
use pinata_tls::{Engine, Phase, Session};

/// Within the validity of a puppet's certificates.
const NOW: u64 = 1_800_000_000;
/// As it is provisioned (`server/src/supervisor/targets.ts`).
const CHAIN_MAX: usize = 8;

/// Servers of the guest.
pub struct Ours(Engine);

impl Ours {
    pub fn new(authority: &Authority) -> Ours {
        let generator: &'static Generator = Box::leak(Box::new(Generator::new()));
        generator.seed(&[0x0f; 32]);
        let given = GivenAuthority {
            ca: authority.certificate.clone(),
            server: authority.server.chain[0].clone(),
            client: authority.client.chain[0].clone(),
            server_key: authority.server.scalar().into(),
            client_key: authority.client.scalar().into(),
        };
        let given = pinata_tls::Authority::given(&given, NOW).expect("a puppet's authority is one");
        Ours(Engine::new(given, generator, CHAIN_MAX).expect("the guest's configuration holds together"))
    }

    pub fn see(&self, case: &Case) -> Seen {
        let mut actor = case.actor();
        let mut session = self.0.server().expect("a session can be made");
        loop {
            let said = actor.take_outgoing();
            feed(&mut session, &said);
            let answer = session.pending().to_vec();
            session.sent(answer.len());
            if said.is_empty() && answer.is_empty() {
                return actor.seen();
            }
            actor.received(&answer);
        }
    }
}

/// As the guest's service does, piece by piece.
fn feed(session: &mut Session, mut bytes: &[u8]) {
    while !bytes.is_empty() && session.phase() != Phase::Failed {
        let space = session.space();
        let n = space.len().min(bytes.len());
        space[..n].copy_from_slice(&bytes[..n]);
        session.received(n);
        if session.take_authenticated().is_some() {
            session.release(DOCUMENT, false);
        }
        bytes = &bytes[n..];
    }
}
