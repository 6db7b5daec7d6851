//! The preface of a connection, and the ids that a port remembers, against a model that remembers everything.

use crate::support::input::Input;
use crate::support::memory::Meter;
use pinata_preface::{AttemptId, PREFACE_BYTES, PrefaceKey, REMEMBERED, Refusal, Replays};

const PORTS: [u16; 2] = [10_000, 10_002];
/// Where the attempt id stands in a header.
const ID: core::ops::Range<usize> = 19..35;
/// Bytes of a header that are the same in all.
const FIXED: [core::ops::Range<usize>; 2] = [0..19, 35..38];
const STEPS_MAX: usize = 64;
const RUNS_MAX: usize = 2;
/// 4,096 ids of 16 bytes in a queue that doubles and in a tree that is half full at worst.
const WINDOW_BYTES_MAX: usize = 512 * 1024;

/// One port's window and everything that it ever admitted.
struct Port {
    replays: Replays,
    admitted: Vec<AttemptId>,
}

impl Port {
    fn admit(&mut self, id: AttemptId) {
        let window = &self.admitted[self.admitted.len().saturating_sub(REMEMBERED)..];
        let expected = if window.contains(&id) { Err(Refusal::Replay) } else { Ok(()) };
        assert_eq!(self.replays.admit(id), expected);
        if expected.is_ok() {
            self.admitted.push(id);
        }
    }

    /// Ids that nobody has used; the model need not look for them.
    fn admit_unused(&mut self, count: usize) {
        for _ in 0..count {
            let id = (u128::MAX - self.admitted.len() as u128).to_be_bytes();
            assert_eq!(self.replays.admit(id), Ok(()));
            self.admitted.push(id);
        }
    }
}

/// Oracles: a header opens exactly when it is the one that the key makes for its id and port, and the refusal says what is
/// wrong; an id is refused exactly while it is among the last 4,096; the window's memory is bounded.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let key = PrefaceKey::new(&[input.byte(); 32]);
    let mut ports = [0, 1].map(|_| Port { replays: Replays::new(), admitted: Vec::with_capacity(3 * REMEMBERED) });
    let meter = Meter::start();
    let mut runs = 0;
    for _ in 0..STEPS_MAX {
        if input.is_empty() {
            break;
        }
        let step = input.byte();
        let which = usize::from(step >> 7);
        match step % 4 {
            0 => {
                open(&key, &input.array(), PORTS[which]);
            }
            1 | 2 => {
                let mut header = key.seal(&[input.byte(); 16], PORTS[which]);
                if step % 4 == 2 {
                    let (at, wrong) = (input.below(PREFACE_BYTES), input.byte());
                    header[at] ^= wrong;
                }
                if let Some(id) = open(&key, &header, PORTS[usize::from(step >> 6 & 1)]) {
                    ports[which].admit(id);
                }
            }
            _ if runs < RUNS_MAX => {
                runs += 1;
                ports[which].admit_unused(input.below(REMEMBERED + 2));
            }
            _ => {}
        }
    }
    assert!(meter.peak() < ports.len() * WINDOW_BYTES_MAX, "{} bytes", meter.peak());
}

fn open(key: &PrefaceKey, header: &[u8; PREFACE_BYTES], port: u16) -> Option<AttemptId> {
    let id: AttemptId = header[ID].try_into().expect("sixteen bytes");
    let honest = key.seal(&id, port);
    let expected = if *header == honest {
        Ok(id)
    } else if FIXED.into_iter().all(|part| header[part.clone()] == honest[part]) {
        Err(Refusal::Mac)
    } else {
        Err(Refusal::Form)
    };
    assert_eq!(key.open(header, port), expected);
    expected.ok()
}
