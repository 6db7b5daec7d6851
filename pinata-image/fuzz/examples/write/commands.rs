//! The vectors of the channel, as streams and as frames: see `pinata_fuzz::commands`.
use crate::Seed;
use pinata_fuzz::support::input::Output;

const STREAM: u8 = 0;
const FRAMED: u8 = 1;
const KINDS: [&str; 3] = ["provision", "prove", "stop"];

pub fn seeds() -> Vec<Seed> {
    let frames = frames();
    let mut seeds: Vec<Seed> = Vec::new();
    for (number, frame) in frames.iter().enumerate() {
        seeds.push((format!("framed-{number}"), Output::default().byte(FRAMED).byte(255).piece(&frame[4..]).0));
    }
    // The first is a provision, numbered 0; a proof is asked for next.
    let prove = frames.iter().find(|frame| frame.windows(5).any(|word| word == b"prove")).expect("a vector");
    seeds.push(("two".into(), Output::default().byte(STREAM).byte(6).bytes(&frames[0]).bytes(prove).0));
    seeds.push(("too-long".into(), Output::default().byte(STREAM).byte(0).bytes(&[0, 1, 0, 1]).0));
    seeds
}

/// All frames towards the guest, good and bad, in the file's order.
fn frames() -> Vec<Vec<u8>> {
    let text = include_str!("../../../vectors/channel.json");
    let hex = text.split("\"frame\": \"").skip(1).filter_map(|rest| rest.split('"').next());
    let bytes = hex.map(|hex| {
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
        (0..hex.len()).step_by(2).map(byte).collect::<Vec<u8>>()
    });
    let is_command =
        |frame: &Vec<u8>| KINDS.iter().any(|kind| frame.windows(kind.len()).any(|word| word == kind.as_bytes()));
    bytes.filter(|frame| frame.len() > 4 && is_command(frame)).collect()
}
