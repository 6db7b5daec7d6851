//! Chains: see `pinata_fuzz::certificates`.
use crate::Seed;
use pinata_fuzz::support::input::Output;
use std::fs;
use std::path::Path;

const PEERS: [(&str, u8); 2] = [("client", 1), ("server", 0)];
const AS_IS: u8 = 0;
const ALTERED: u8 = 1;
const SIGNED: u8 = 2;
/// Which certificate is altered.
const AUTHORITY: u8 = 2 << 2;
const OTHER_ROLE: u8 = 3 << 2;
/// Who signs.
const BY_STRANGER: u8 = 0;
const BY_LEAF: u8 = 1 << 4;
const BY_AUTHORITY: u8 = 2 << 4;

pub fn seeds() -> Vec<Seed> {
    let mut foreign: Vec<(String, Vec<u8>)> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("certificates"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "der"))
        .map(|path| (path.file_stem().expect("a name").to_string_lossy().into(), fs::read(&path).expect("a file")))
        .collect();
    foreign.sort();

    let mut seeds: Vec<Seed> = Vec::new();
    for (name, peer) in PEERS {
        let chain = |certificates: u16| Output::default().byte(peer).short(certificates - 1);
        for (whose, der) in &foreign {
            seeds.push((format!("{name}-{whose}"), chain(1).byte(AS_IS).piece(der).0));
        }
        for (what, kind) in [
            ("honest", ALTERED),
            ("signed-again", SIGNED | BY_AUTHORITY),
            ("other-role", SIGNED | OTHER_ROLE | BY_AUTHORITY),
            ("the-authority", ALTERED | AUTHORITY),
            ("by-a-stranger", SIGNED | BY_STRANGER),
            ("by-a-leaf", SIGNED | BY_LEAF),
        ] {
            seeds.push((format!("{name}-{what}"), chain(1).byte(kind).short(0).0));
            // The same as an issuer of the honest one.
            seeds.push((format!("{name}-honest-and-{what}"), chain(2).byte(ALTERED).short(0).byte(kind).short(0).0));
        }
        // Other bytes in some places of what is signed: one for one, and two more with all lengths set right.
        for at in (0..320u16).step_by(20) {
            let one = chain(1).byte(SIGNED | BY_AUTHORITY).short(1).short(at).byte(1).piece(&[5]).byte(0);
            seeds.push((format!("{name}-byte-{at}"), one.0));
        }
        for at in (20..320u16).step_by(80) {
            let more = chain(1).byte(SIGNED | BY_AUTHORITY).short(1).short(at).byte(0).piece(&[5, 0]).byte(1);
            seeds.push((format!("{name}-longer-{at}"), more.0));
        }
    }
    seeds
}
