//! Steps: see `pinata_fuzz::reports`.
use crate::Seed;
use pinata_fuzz::support::input::Output;

const HEAR: u8 = 0;
const MANY: u8 = 1;
const ONE: u8 = 2;
const READY: u8 = 1;
const FAULT: u8 = 3;
const EVENT: u8 = 4;
const CERTIFICATE: u8 = 5;
const RELEASED: u8 = 11;
const NAMED: u8 = 1;

pub fn seeds() -> Vec<Seed> {
    let event =
        |detail| Output::default().byte(ONE).byte(EVENT).byte(NAMED).bytes(&[7; 16]).bytes(&[1; 8]).byte(detail);
    let mut seeds: Vec<Seed> =
        (0..19).map(|detail| (format!("event-{detail}"), event(detail).bytes(&[3; 160]).0)).collect();
    seeds.extend((0..4).map(|kind| {
        let text = "a ñ for the borders of characters ".repeat(8);
        (format!("report-{kind}"), Output::default().byte(ONE).byte(kind).bytes(&[0, 200]).bytes(text.as_bytes()).0)
    }));
    let flood = Output::default().byte(MANY).byte(EVENT).byte(0).bytes(&[0; 8]).byte(CERTIFICATE).bytes(&[0, 4]);
    let flood = flood.bytes(&[7, 3, 0].repeat(4)).bytes(&[5; 34]).byte(255);
    let released = Output::default().byte(ONE).byte(EVENT).byte(0).bytes(&[0; 8]).byte(RELEASED).bytes(&[0; 9]);
    let hear = Output::default().byte(HEAR).short(60_000).byte(HEAR).short(1);
    seeds.push(("flood".into(), [&flood.0[..], &released.0, &hear.0, &[ONE, READY], &[1; 64], &[ONE, FAULT]].concat()));
    seeds
}
