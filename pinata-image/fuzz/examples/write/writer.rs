//! Generator, time, name: see `pinata_fuzz::writer`.
use crate::Seed;
use pinata_fuzz::support::input::Output;
use pinata_fuzz::writer::WALL_SECONDS_MAX;

/// Seconds since 1970: then, today, the last certificates with two digits for their year, and the latest of all.
const TIMES: [(&str, u64); 5] = [
    ("1970", 0),
    ("2027", 1_800_000_000),
    ("2048", 2_490_000_000),
    ("2050", 2_524_608_000),
    ("latest", WALL_SECONDS_MAX),
];

pub fn seeds() -> Vec<Seed> {
    let seed = |(name, time): (&str, u64)| {
        (name.into(), Output::default().byte(1).byte(1).bytes(&time.to_be_bytes()).bytes("the prize ñ".as_bytes()).0)
    };
    TIMES.into_iter().map(seed).collect()
}
