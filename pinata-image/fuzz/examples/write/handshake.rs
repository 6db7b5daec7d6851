//! Honest handshakes, and one alteration of each kind: see `pinata_fuzz::handshake` and `pinata_fuzz::support::alterations`.
use crate::Seed;
use pinata_fuzz::support::input::Output;

const PEERS: [(&str, u8, u8); 2] = [("client", 1, 5), ("server", 0, 6)];
const OWN: u8 = 0;
const BORROWED: u8 = 5;
const FOREIGN: u8 = 6;
const OTHER_ROLE: u8 = 7;
const CONTENTS: u8 = 0;
const PROOFS: u8 = 1;
const EDIT: u8 = 2;
const HANDSHAKE: u8 = 2;
const ALERT: u8 = 1;
const PROTECTED: u8 = 0;

pub fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for (name, peer, messages) in PEERS {
        let with = |credentials| Output::default().byte(peer).byte(credentials).short(0xffff);
        let altered = |alteration: &[u8]| with(OWN).short(1).bytes(alteration).0;
        for (who, credentials) in
            [("own", OWN), ("borrowed", BORROWED), ("foreign", FOREIGN), ("other-role", OTHER_ROLE)]
        {
            seeds.push((format!("{name}-{who}"), with(credentials).short(0).0));
        }
        for kind in 0..16 {
            let edit = [EDIT, kind, kind % messages, kind % 6, 1, 0, 4, 2, 0, 0, 0];
            seeds.push((format!("{name}-edit-{kind}"), altered(&edit)));
        }
        for kind in 0..13 {
            let contents = [CONTENTS, kind * 5 + kind % 5, 0, 43, 0, 2, 3, 4];
            seeds.push((format!("{name}-contents-{kind}"), altered(&contents)));
        }
        for kind in 0..7 {
            seeds.push((format!("{name}-proof-{kind}"), altered(&[PROOFS, kind, 8, 4])));
        }
        // Afterwards: a KeyUpdate that asks for another, a ticket, data, and close_notify.
        let late = |output: Output, kind, body: &[u8]| output.byte(kind).byte(PROTECTED).piece(body);
        let update = late(with(OWN).short(0), HANDSHAKE, &[24, 0, 0, 1, 1]);
        let ticket = late(update, HANDSHAKE, &[4, 0, 0, 15, 0, 0, 0, 9, 1, 2, 3, 4, 1, 0, 0, 1, 7, 0, 0]);
        seeds.push((format!("{name}-late"), late(late(ticket, 3, b"data"), ALERT, &[1, 0]).0));
    }
    seeds
}
