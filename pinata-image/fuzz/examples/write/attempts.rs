//! Days in a guest's life: see `pinata_fuzz::attempts`.
use crate::Seed;
use pinata_fuzz::support::input::Output;

/// Steps.
const ACCEPT: u8 = 0;
const PREFACE: u8 = 1;
const BYTES: u8 = 2;
const RELAY: u8 = 3;
const RELAY_WRONG: u8 = 6;
const PEER_CLOSED: u8 = 7;
const FORGET: u8 = 8;
const PASS: u8 = 9;
const RESET: u8 = 10;
const PROVE: u8 = 11;
const SERVER: u8 = 0;
const CLIENT: u8 = 1;
const NO_PREFACE: u8 = 2;
const SECOND_ID: u8 = 1 << 2;
/// From the low half to the high half.
const CLIENT_TO_SERVER: u8 = 0x01;
const SERVER_TO_CLIENT: u8 = 0x10;

pub fn seeds() -> Vec<Seed> {
    let two = || Output::default().byte(ACCEPT).byte(SERVER).byte(ACCEPT).byte(CLIENT | SECOND_ID);
    let relay = |output: Output| {
        output.byte(RELAY).byte(CLIENT_TO_SERVER).byte(RELAY).byte(SERVER_TO_CLIENT).byte(RELAY).byte(CLIENT_TO_SERVER)
    };
    let one = || Output::default().byte(ACCEPT).byte(SERVER);
    vec![
        (
            "relay".into(),
            relay(two()).byte(RELAY).byte(SERVER_TO_CLIENT).byte(PEER_CLOSED).byte(0).byte(PEER_CLOSED).byte(0).0,
        ),
        ("relay-timeout".into(), relay(two()).byte(PASS).byte(2).byte(PASS).byte(3).0),
        ("relay-reset".into(), relay(two()).byte(RESET).byte(0).byte(RESET).byte(1).0),
        (
            "relay-wrong".into(),
            two().byte(RELAY).byte(CLIENT_TO_SERVER).byte(RELAY_WRONG).byte(SERVER_TO_CLIENT).short(200).byte(1).0,
        ),
        (
            "garbage".into(),
            one().byte(BYTES).byte(0).piece(b"GET / HTTP/1.1\r\n\r\n").byte(4).byte(PEER_CLOSED).byte(0).0,
        ),
        ("replayed".into(), one().byte(ACCEPT).byte(SERVER).byte(PASS).byte(1).byte(PROVE).byte(7).0),
        ("bad-preface".into(), one().byte(ACCEPT).byte(NO_PREFACE).byte(BYTES).byte(1).piece(&[0; 54]).byte(10).0),
        (
            "late-preface".into(),
            Output::default().byte(ACCEPT).byte(NO_PREFACE).byte(PREFACE).byte(0).byte(0).byte(3).0,
        ),
        ("silent".into(), Output::default().byte(ACCEPT).byte(NO_PREFACE).byte(PASS).byte(2).0),
        ("forgotten".into(), one().byte(FORGET).byte(0).byte(ACCEPT).byte(SERVER | SECOND_ID).0),
        (
            "crowd".into(),
            (0..8).fold(Output::default(), |output, number| output.byte(ACCEPT).byte(SERVER | number << 2)).0,
        ),
    ]
}
