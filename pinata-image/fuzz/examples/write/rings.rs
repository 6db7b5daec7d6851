//! What honest devices do, and one lie of each kind: see `pinata_fuzz::rings`.
use crate::Seed;
use pinata_fuzz::support::input::Output;

const NETWORK: u8 = 0;
const ENTROPY: u8 = 1;
const SERIAL: u8 = 2;
const AGREES: u8 = 0;
const DISAPPOINTS: u8 = 1;

pub fn seeds() -> Vec<Seed> {
    let device = |kind| Output::default().byte(kind).byte(AGREES);
    let mut seeds: Vec<Seed> = Vec::new();

    // A frame comes (1), is received (2), goes back (4); one is sent (5) and taken (6); sleep (7).
    let frame =
        |output: Output| output.byte(1).byte(0xaa).short(64).byte(2).byte(4).byte(5).short(100).byte(7).byte(6).byte(7);
    seeds.push(("network".into(), (0..4).fold(device(NETWORK), |output, _| frame(output)).0));
    // 128 frames to the device, which takes none.
    let full = (0..130).fold(device(NETWORK), |output, _| output.byte(5).short(1514).byte(1)).byte(7);
    seeds.push(("network-full".into(), full.0));
    // A request (2), a seed (1), taken (3).
    let random: Vec<u8> = (0..32).collect();
    seeds.push(("entropy".into(), device(ENTROPY).byte(2).byte(3).byte(1).bytes(&random).byte(3).byte(2).byte(3).0));
    seeds.push(("entropy-constant".into(), device(ENTROPY).byte(2).byte(1).bytes(&[7; 32]).byte(3).0));
    // The port is added (1), bytes come (3) and are read (4) in two pieces, bytes go (5) and are taken (6); drained? (8)
    let serial =
        device(SERIAL).byte(1).byte(4).short(0).byte(3).byte(5).short(5000).byte(4).short(100).byte(4).short(9000);
    seeds.push((
        "serial".into(),
        serial.byte(5).byte(6).short(39_000).byte(7).byte(1).byte(6).byte(6).byte(8).byte(7).byte(0).0,
    ));
    // The port is removed: id 1, event 2.
    let removed =
        device(SERIAL).byte(1).byte(4).short(9).byte(2).byte(8).bytes(&[1, 0, 0, 0, 2, 0, 1, 0]).byte(4).short(9);
    seeds.push(("serial-removed".into(), removed.0));

    for kind in [NETWORK, ENTROPY, SERIAL] {
        let features = Output::default().byte(kind).byte(DISAPPOINTS).bytes(&[0; 8]).short(1024).byte(0).bytes(&[0; 6]);
        seeds.push((format!("features-{kind}"), features.0));
        let small = Output::default().byte(kind).byte(DISAPPOINTS).bytes(&[0xff; 8]).short(1).byte(0).bytes(&[0; 6]);
        seeds.push((format!("small-queue-{kind}"), small.0));
        // Lies (0): an entry (0), an index (3), flags (5), scribbles over a ring (6); on a queue that the driver receives from.
        let queue = if kind == SERIAL { 4 } else { 0 };
        let looks = [2, 4, 3, 2, 4];
        let lie = |output: Output, lie: u8| output.byte(0).byte(queue).byte(lie);
        seeds.push((format!("entry-{kind}"), lie(device(kind).byte(2), 0).byte(0).short(0xffff).bytes(&looks).0));
        seeds.push((format!("index-{kind}"), lie(device(kind).byte(2), 3).byte(200).bytes(&looks).0));
        seeds.push((format!("flags-{kind}"), lie(device(kind).byte(2), 5).short(0xffff).bytes(&looks).0));
        let scribble = lie(device(kind).byte(2), 6).byte(1).short(0).byte(64).bytes(&[0x81; 64]);
        seeds.push((format!("scribble-{kind}"), scribble.bytes(&looks).0));
    }
    seeds
}
