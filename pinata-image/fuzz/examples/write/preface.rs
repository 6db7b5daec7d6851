//! Key, then steps: see `pinata_fuzz::preface`.
use crate::Seed;
use pinata_fuzz::support::input::Output;
use pinata_preface::{PrefaceKey, REMEMBERED};

const KEY: u8 = 9;
const OPEN: u8 = 0;
const ADMIT: u8 = 1;
const WRONG_BYTE: u8 = 2;
const UNUSED_IDS: u8 = 3;
/// Both made for, and come to, the second port.
const SECOND_PORT: u8 = 0xc0;

pub fn seeds() -> Vec<Seed> {
    let honest = PrefaceKey::new(&[KEY; 32]).seal(&[0x20; 16], 10_000);
    let steps = || Output::default().byte(KEY);
    vec![
        ("honest".into(), steps().byte(OPEN).bytes(&honest).0),
        ("replayed".into(), steps().byte(ADMIT).byte(1).byte(ADMIT).byte(1).byte(ADMIT | SECOND_PORT).byte(1).0),
        ("wrong-port".into(), steps().byte(ADMIT | 0x80).byte(1).0),
        (
            "wrong-byte".into(),
            steps().byte(WRONG_BYTE).byte(1).short(50).byte(4).byte(WRONG_BYTE).byte(1).short(3).byte(1).0,
        ),
        (
            "forgotten".into(),
            steps()
                .byte(ADMIT)
                .byte(1)
                .byte(UNUSED_IDS)
                .short(REMEMBERED as u16)
                .byte(ADMIT)
                .byte(1)
                .byte(ADMIT)
                .byte(1)
                .0,
        ),
        (
            "remembered".into(),
            steps().byte(ADMIT).byte(1).byte(UNUSED_IDS).short(REMEMBERED as u16 - 1).byte(ADMIT).byte(1).0,
        ),
    ]
}
