//! The guest, its supervisor, and the gateway's preface.

use super::channel::{Told, map, read_frame, write_frame};
use super::{Authority, DOCUMENT, HEAP_KEY, VAULT_KEY};
use ciborium::Value;
use pinata_hosted::Machine;
use pinata_preface::PrefaceKey;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DEADLINE: Duration = Duration::from_secs(20);
const PREFACE_KEY: [u8; 32] = [0x77; 32];
pub const BOOT: [u8; 16] = [0xb0; 16];
pub const IMAGE: [u8; 32] = [0x1a; 32];

#[derive(Clone, Copy)]
pub struct Limits {
    pub places: u64,
    pub handshake_ms: u64,
    pub release_ms: u64,
    pub bytes_before_auth: u64,
    pub chain_max: u64,
    pub signatures_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            places: 16,
            handshake_ms: 20_000,
            release_ms: 10_000,
            bytes_before_auth: 98_304,
            chain_max: 8,
            signatures_max: 1_000_000,
        }
    }
}

#[derive(Default)]
struct Heard {
    messages: Vec<Told>,
    over: bool,
}

pub struct Rig {
    channel: UnixStream,
    sequence: u64,
    heard: Arc<(Mutex<Heard>, Condvar)>,
    addresses: Vec<(u16, SocketAddr)>,
    threads: Vec<JoinHandle<()>>,
    next_id: u128,
}

/// One connection's name, and its place on the guest.
#[derive(Clone)]
pub struct Attempt {
    pub id: [u8; 16],
    pub preface: [u8; 54],
    pub guest: SocketAddr,
}

impl Rig {
    /// A guest with an authority, or with one of its own, provisioned and ready.
    pub fn start(authority: Option<&Authority>, limits: Limits) -> Rig {
        let mut rig = Rig::unprovisioned();
        rig.provision(authority, limits);
        rig.wait_for(|told| told.name == "ready");
        rig
    }

    pub fn unprovisioned() -> Rig {
        let (channel, guest_end) = UnixStream::pair().unwrap();
        let (tell_addresses, addresses) = mpsc::channel();
        let heard = Arc::new((Mutex::new(Heard::default()), Condvar::new()));
        let (mut reader, hears) = (channel.try_clone().unwrap(), heard.clone());
        let threads = vec![
            thread::spawn(move || {
                let machine = Machine::new(guest_end).unwrap();
                tell_addresses.send(machine.addresses().unwrap()).unwrap();
                machine.run().unwrap();
            }),
            thread::spawn(move || {
                let mut sequence = 0;
                while let Ok(told) = read_frame(&mut reader, sequence) {
                    sequence += 1;
                    hears.0.lock().unwrap().messages.push(told);
                    hears.1.notify_all();
                }
                hears.0.lock().unwrap().over = true;
                hears.1.notify_all();
            }),
        ];
        let addresses = addresses.recv().unwrap();
        Rig { channel, sequence: 0, heard, addresses, threads, next_id: 1 }
    }

    pub fn tell(&mut self, name: &str, body: Value) {
        write_frame(&mut self.channel, self.sequence, name, body);
        self.sequence += 1;
    }

    pub fn prove(&mut self, root: [u8; 32]) -> Told {
        self.tell("prove", map(vec![("root", Value::Bytes(root.to_vec()))]));
        self.wait_for(|told| told.name == "proof")
    }

    pub fn stop(&mut self) {
        self.tell("stop", map(vec![]));
    }

    pub fn provision(&mut self, authority: Option<&Authority>, limits: Limits) {
        let bytes = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
        let number = |n: u64| Value::Integer(n.into());
        let key = |role: &str, key: &[u8]| map(vec![("role", Value::Text(role.into())), ("key", bytes(key))]);
        let authority = authority.map_or(Value::Null, |authority| {
            map(vec![
                ("ca", bytes(&authority.der("ca"))),
                ("server", bytes(&authority.der("server"))),
                ("client", bytes(&authority.der("client"))),
                ("server_key", bytes(&authority.scalar("server"))),
                ("client_key", bytes(&authority.scalar("client"))),
            ])
        });
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as u64;
        let body = map(vec![
            ("target", Value::Text("practice".into())),
            ("boot", bytes(&BOOT)),
            ("image", bytes(&IMAGE)),
            ("wall", number(wall)),
            ("tsc_khz", number(0)),
            (
                "limits",
                map(vec![
                    ("places_server", number(limits.places)),
                    ("places_client", number(limits.places)),
                    ("handshake_ms", number(limits.handshake_ms)),
                    ("release_ms", number(limits.release_ms)),
                    ("bytes_before_auth", number(limits.bytes_before_auth)),
                    ("chain_max", number(limits.chain_max)),
                    ("signatures_max", number(limits.signatures_max)),
                ]),
            ),
            ("preface_key", bytes(&PREFACE_KEY)),
            ("document", bytes(DOCUMENT.as_bytes())),
            ("keys", Value::Array(vec![key("vault", &VAULT_KEY), key("heap", &HEAP_KEY)])),
            ("authority", authority),
        ]);
        self.tell("provision", body);
    }

    /// Names a new connection to a port of the guest.
    pub fn attempt(&mut self, port: u16) -> Attempt {
        let id = self.next_id.to_be_bytes();
        self.next_id += 1;
        let guest = self.addresses.iter().find(|(known, _)| *known == port).unwrap().1;
        Attempt { id, preface: PrefaceKey::new(&PREFACE_KEY).seal(&id, port), guest }
    }

    /// Waits for the first message that `wanted` accepts.
    pub fn wait_for(&self, wanted: impl Fn(&Told) -> bool) -> Told {
        let (lock, changed) = &*self.heard;
        let found = |heard: &mut Heard| !heard.over && !heard.messages.iter().any(&wanted);
        let (heard, _) = changed.wait_timeout_while(lock.lock().unwrap(), DEADLINE, found).unwrap();
        let message = heard.messages.iter().find(|told| wanted(told));
        message.unwrap_or_else(|| panic!("not told; over: {}; heard: {:#?}", heard.over, heard.messages)).clone()
    }

    /// All messages, once the guest has hung up.
    pub fn wait_for_end(&self) -> Vec<Told> {
        let (lock, changed) = &*self.heard;
        let (heard, _) = changed.wait_timeout_while(lock.lock().unwrap(), DEADLINE, |heard| !heard.over).unwrap();
        assert!(heard.over, "the guest still runs");
        heard.messages.clone()
    }

    /// The events of a connection, once its last one has come.
    pub fn events(&self, attempt: &Attempt) -> Vec<Told> {
        let of_attempt = |told: &Told| told.name == "event" && told.id().as_deref() == Some(&attempt.id);
        self.wait_for(|told| of_attempt(told) && told.kind() == "closed");
        let heard = self.heard.0.lock().unwrap();
        let events: Vec<Told> = heard.messages.iter().filter(|told| of_attempt(told)).cloned().collect();
        assert_eq!(events.iter().filter(|event| event.kind() == "closed").count(), 1);
        assert_eq!(events.last().unwrap().kind(), "closed", "closed is the last event");
        events
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        let _ = self.channel.shutdown(Shutdown::Both);
        self.threads.drain(..).for_each(|thread| {
            let joined = thread.join();
            if !thread::panicking() {
                joined.unwrap();
            }
        });
    }
}

impl Attempt {
    /// A connection to the guest behind its preface.
    pub fn connect(&self) -> TcpStream {
        let mut socket = TcpStream::connect(self.guest).unwrap();
        socket.set_nodelay(true).unwrap();
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        socket.write_all(&self.preface).unwrap();
        socket
    }

    /// A port on which one client finds the guest, as through the gateway.
    pub fn listen(&self) -> SocketAddr {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let attempt = self.clone();
        thread::spawn(move || copy_both_ways(listener.accept().unwrap().0, attempt.connect()));
        address
    }
}

/// Carries bytes both ways, half-closes included, until both sides have ended.
pub fn copy_both_ways(a: TcpStream, b: TcpStream) {
    let one_way = |mut from: TcpStream, mut to: TcpStream| {
        move || {
            let mut bytes = [0; 16_384];
            while let Ok(n @ 1..) = from.read(&mut bytes) {
                if to.write_all(&bytes[..n]).is_err() {
                    break;
                }
            }
            let _ = to.shutdown(Shutdown::Write);
        }
    };
    let there = thread::spawn(one_way(a.try_clone().unwrap(), b.try_clone().unwrap()));
    one_way(b, a)();
    there.join().unwrap();
}
