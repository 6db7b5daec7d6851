//! One boot of the TLS engine, and peers that know the keys of its authority.

use pinata_channel::GivenAuthority;
use pinata_entropy::Generator;
use pinata_puppet::Authority;
use pinata_tls::{Engine, Session};
use std::sync::OnceLock;

/// In 2027, when all certificates of a puppet's authority are good.
pub const NOW: u64 = 1_800_000_000;
/// Certificates that a peer may present.
pub const CHAIN_MAX: usize = 8;

/// What all runs of a process share. What the engine holds is never freed, so there is one.
pub struct World {
    pub engine: Engine,
    /// Its leaves are the peers' credentials, and its keys are known here: this is who may be let in.
    pub authority: Authority,
    /// Has the same names and other keys.
    pub stranger: Authority,
    generator: &'static Generator,
}

/// The world, made at the first call, with its generator set back: what a run does depends on its input alone.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    let world = WORLD.get_or_init(World::new);
    // SAFETY: `Generator` is nothing but locks, so that it may be written through a shared reference; nobody holds one of
    // its locks, because there is one thread, and it is in here.
    unsafe { core::ptr::from_ref(world.generator).cast_mut().write(Generator::new()) };
    world.generator.seed(&[1; 32]);
    world
}

impl World {
    fn new() -> World {
        let generator: &'static Generator = Box::leak(Box::new(Generator::new()));
        generator.seed(&[1; 32]);
        let authority = Authority::new(&[7; 32], "fuzzed authority");
        let given = GivenAuthority {
            ca: authority.certificate.clone(),
            server: authority.server.chain[0].clone(),
            client: authority.client.chain[0].clone(),
            server_key: authority.server.scalar().into(),
            client_key: authority.client.scalar().into(),
        };
        let own = pinata_tls::Authority::given(&given, NOW).expect("a good authority");
        let engine = Engine::new(own, generator, CHAIN_MAX).expect("a good engine");
        World { engine, authority, stranger: Authority::new(&[8; 32], "fuzzed authority"), generator }
    }

    /// A session in which the guest has this role.
    pub fn session(&self, guest: pinata_puppet::Role) -> Session {
        let session = match guest {
            pinata_puppet::Role::Server => self.engine.server(),
            pinata_puppet::Role::Client => self.engine.client(),
        };
        session.expect("a session")
    }
}
