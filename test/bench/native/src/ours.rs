//! The guest's own configuration: `pinata-tls`, as it is linked into the image.

use crate::credentials::Credentials;
use crate::fault::Fault;
use crate::server::{Connection, Server};
use pinata_channel::GivenAuthority;
use pinata_entropy::Generator;
use pinata_tls::{Authority, Engine, Phase, Session};
use std::fs::File;
use std::io::Read;
use std::time::SystemTime;

// The second set of curves guards its tables with it.
use critical_section as _;

const CHAIN_MAX: usize = 8;

pub struct Ours(Engine);

impl Ours {
    pub fn new(credentials: &Credentials) -> Result<Ours, Fault> {
        let generator: &'static Generator = Box::leak(Box::new(Generator::new()));
        let mut seed = [0; 32];
        File::open("/dev/urandom")?.read_exact(&mut seed)?;
        generator.seed(&seed);
        let given = GivenAuthority {
            ca: credentials.ca.to_vec(),
            server: credentials.server.certificate.to_vec(),
            client: credentials.client.certificate.to_vec(),
            server_key: credentials.server.scalar.into(),
            client_key: credentials.client.scalar.into(),
        };
        let now = SystemTime::UNIX_EPOCH.elapsed()?.as_secs();
        let authority = Authority::given(&given, now)?;
        Ok(Ours(Engine::new(authority, generator, CHAIN_MAX)?))
    }
}

impl Server for Ours {
    fn accept(&self) -> Result<Box<dyn Connection>, Fault> {
        Ok(Box::new(self.0.server()?))
    }
}

impl Connection for Session {
    fn take_turn(&mut self, mut arrived: &[u8]) -> Result<(Vec<u8>, bool), Fault> {
        while !arrived.is_empty() {
            let space = self.space();
            let n = space.len().min(arrived.len());
            space[..n].copy_from_slice(&arrived[..n]);
            self.received(n);
            arrived = &arrived[n..];
        }
        let answer = self.pending().to_vec();
        self.sent(answer.len());
        // What the service would report.
        let _reported = (self.take_notes(), self.take_secrets());
        match self.phase() {
            Phase::Failed => Err("refused".into()),
            Phase::Handshaking => Ok((answer, false)),
            Phase::Established | Phase::Closing => Ok((answer, self.take_authenticated().is_some())),
        }
    }
}
