//! A provisioned guest: what all connections share, and the connections.

use crate::connection::{Connection, Context};
use crate::places::{ConnectionId, Places};
use crate::tags::{Role, Tags};
use crate::{CLIENT_PORT, Micros, SERVER_PORT};
use alloc::boxed::Box;
use alloc::vec::Vec;
use pinata_channel::{KeyRole, Limits, Outbox, Provision, Report, SecretKey};
use pinata_entropy::Generator;
use pinata_preface::{PrefaceKey, Replays};
use pinata_tls::{Authority, AuthorityError, Engine, EngineError};
use pinata_vault::{BadKey, Binding, Page, SealError, Vault, check_key};
use sha2::{Digest, Sha256};

const MICROS_PER_SECOND: u64 = 1_000_000;
/// A boot ends by itself after this, should the supervisor not end it (it plans to, each day).
const LIFETIME: Micros = 25 * 3600 * MICROS_PER_SECOND;

/// Why a provision cannot be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unserveable {
    /// Not exactly one vault key.
    VaultKeys,
    /// A key is not a secp256k1 scalar.
    Key,
    /// The vault refused its content.
    Seal(SealError),
    Authority(AuthorityError),
    Engine,
}

impl From<EngineError> for Unserveable {
    fn from(_: EngineError) -> Self {
        Unserveable::Engine
    }
}

impl From<BadKey> for Unserveable {
    fn from(_: BadKey) -> Self {
        Unserveable::Key
    }
}

/// What connections need besides themselves.
pub(crate) struct Shared {
    pub limits: Limits,
    pub engine: Engine,
    pub vault: Vault,
    pub tags: Tags,
    pub preface: PrefaceKey,
    pub replays: [Replays; 2],
    clock: Clock,
}

impl Shared {
    /// Seconds since 1970 at `now`.
    pub(crate) fn unix_seconds(&self, now: Micros) -> u64 {
        self.clock.unix_seconds(now)
    }
}

/// Wall time at provision, carried on by the monotonic clock.
struct Clock {
    wall: u64,
    at: Micros,
}

impl Clock {
    fn unix_seconds(&self, now: Micros) -> u64 {
        self.wall.saturating_add(now.saturating_sub(self.at)) / MICROS_PER_SECOND
    }
}

pub(crate) struct Guest {
    shared: Shared,
    places: Places,
    generator: &'static Generator,
    /// Deliberately in ordinary heap: whoever can sign with one of these has read guest memory. The guest itself never uses one.
    _heap_keys: Vec<SecretKey>,
    boot: [u8; 16],
    born: bool,
    tsc_khz: u64,
    proofs: u64,
}

impl Guest {
    /// Fills the vault and makes or takes the authority. `provision` is erased when this returns.
    pub(crate) fn new(
        provision: Provision,
        page: Box<dyn Page>,
        generator: &'static Generator,
        now: Micros,
    ) -> Result<Guest, Unserveable> {
        let Provision { target, boot, image, wall, tsc_khz, limits, preface_key, document, keys, authority } =
            provision;
        let clock = Clock { wall, at: now };
        let (vault_keys, heap_keys): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| key.role == KeyRole::Vault);
        let [vault_key] = &vault_keys[..] else { return Err(Unserveable::VaultKeys) };

        let born = authority.is_none();
        let authority = match &authority {
            None => Authority::born(&target, clock.unix_seconds(now), generator),
            Some(given) => Authority::given(given, clock.unix_seconds(now)).map_err(Unserveable::Authority)?,
        };
        let ca_sha256 = Sha256::digest(&authority.certificates().ca).into();
        let binding = Binding { target, boot, image, ca_sha256 };
        let vault = Vault::seal(page, &vault_key.key, &document, binding).map_err(Unserveable::Seal)?;
        heap_keys.iter().try_for_each(|key| check_key(&key.key))?;

        let shared = Shared {
            limits,
            engine: Engine::new(authority, generator, limits.chain_max)?,
            vault,
            tags: Tags::default(),
            preface: PrefaceKey::new(&preface_key),
            replays: [Replays::new(), Replays::new()],
            clock,
        };
        let places = Places::new(limits.places_server, limits.places_client);
        Ok(Guest { shared, places, generator, _heap_keys: heap_keys, boot, born, tsc_khz, proofs: 0 })
    }

    /// The report that the guest serves.
    pub(crate) fn ready(&self, now: Micros) -> Report {
        let certificates = self.shared.engine.certificates().clone();
        Report::Ready {
            boot: self.boot,
            born: self.born,
            ca: certificates.ca,
            server: certificates.server,
            client: certificates.client,
            us: now,
        }
    }

    pub(crate) fn check_ahead(&self) -> bool {
        self.shared.engine.check_ahead()
    }

    pub(crate) fn tsc_khz(&self) -> u64 {
        self.tsc_khz
    }

    pub(crate) fn places(&self) -> (usize, usize) {
        self.places.limits()
    }

    /// Answers a challenge. `None`: the page is damaged.
    pub(crate) fn prove(&mut self, root: &[u8; 32]) -> Option<Report> {
        let mut nonce = [0; 32];
        self.generator.fill(&mut nonce).ok()?;
        self.proofs += 1;
        let proof = self.shared.vault.prove(root, &nonce).ok()?;
        Some(Report::Proof { root: proof.root, message: proof.message, signature: proof.signature, key: proof.key })
    }

    pub(crate) fn is_past_signatures(&self) -> bool {
        self.shared.engine.signatures().saturating_add(self.proofs) >= self.shared.limits.signatures_max
    }

    pub(crate) fn is_past_lifetime(&self, now: Micros) -> bool {
        now >= self.ends_at()
    }

    pub(crate) fn accept(&mut self, port: u16, now: Micros) -> Option<ConnectionId> {
        let role = match port {
            SERVER_PORT => Role::Server,
            CLIENT_PORT => Role::Client,
            _ => return None,
        };
        self.places.take(Connection::new(role, port, now, &self.shared.limits))
    }

    pub(crate) fn connection(&self, id: ConnectionId) -> Option<&Connection> {
        self.places.get(id)
    }

    pub(crate) fn connection_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        self.places.get_mut(id)
    }

    pub(crate) fn on(
        &mut self,
        id: ConnectionId,
        outbox: &mut Outbox,
        now: Micros,
        run: impl FnOnce(&mut Connection, &mut Context<'_>),
    ) {
        if let Some(connection) = self.places.get_mut(id) {
            run(connection, &mut Context { shared: &mut self.shared, outbox, now });
        }
    }

    pub(crate) fn forget(&mut self, id: ConnectionId) {
        self.places.free(id);
    }

    pub(crate) fn tick(&mut self, outbox: &mut Outbox, now: Micros) {
        for connection in self.places.iter_mut() {
            connection.tick(&mut Context { shared: &mut self.shared, outbox, now });
        }
    }

    pub(crate) fn next_deadline(&self) -> Micros {
        self.places.iter().filter_map(Connection::deadline).fold(self.ends_at(), Micros::min)
    }

    fn ends_at(&self) -> Micros {
        self.shared.clock.at.saturating_add(LIFETIME)
    }
}
