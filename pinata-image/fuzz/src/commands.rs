//! What the supervisor says, out of its byte stream.

use crate::support::cbor::Writer;
use crate::support::input::Input;
use crate::support::memory::Meter;
use pinata_channel::{Command, FRAME_BYTES_MAX, Inbox, Malformed, Provision};

/// One frame as it arrives, and everything that is copied out of it: it cannot be more than was in it, and a little.
const PEAK_BYTES_MAX: usize = 2 * FRAME_BYTES_MAX + 4096;

/// Oracles: nothing panics; the result does not depend on how the stream is cut; what is accepted, and only that, is in the
/// one form that the schema gives it; after a refusal nothing else is asked; memory is bounded by one frame.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (framed, cut) = (input.flag(), usize::from(input.byte()) + 1);
    let stream = if framed { framed_pieces(&mut input) } else { input.rest().to_vec() };

    let whole = outcomes(&stream, stream.len().max(1));
    assert_eq!(whole, outcomes(&stream, cut));
    for (at, outcome) in &whole {
        if let Ok(canonical) = outcome {
            let frame = [&(canonical.len() as u32).to_be_bytes()[..], canonical].concat();
            assert!(stream[*at..].starts_with(&frame), "accepted in another form");
        }
    }
}

/// The lengths are made here, so that what is in a frame can be searched without breaking them.
fn framed_pieces(input: &mut Input<'_>) -> Vec<u8> {
    let mut stream = Vec::new();
    while !input.is_empty() {
        let piece = input.piece();
        stream.extend((piece.len() as u32).to_be_bytes());
        stream.extend(piece);
    }
    stream
}

/// Where each frame began, and what it was: its canonical form, or why it was refused.
fn outcomes(stream: &[u8], cut: usize) -> Vec<(usize, Result<Vec<u8>, Malformed>)> {
    let meter = Meter::start();
    let mut inbox = Inbox::new();
    let mut found = Vec::new();
    let mut start = 0;
    for (index, mut chunk) in stream.chunks(cut).enumerate() {
        while let Some(result) = inbox.take(&mut chunk) {
            let sequence = found.len() as u64;
            let outcome = result.map(|command| canonical(&command, sequence));
            let failed = outcome.is_err();
            found.push((start, outcome));
            if failed {
                return found;
            }
            start = (index * cut + cut).min(stream.len()) - chunk.len();
        }
        assert!(chunk.is_empty());
    }
    let kept: usize = found.iter().map(|(_, outcome)| outcome.as_ref().map_or(0, Vec::capacity)).sum();
    assert!(meter.peak() < PEAK_BYTES_MAX + 2 * kept + 64 * found.capacity(), "{} bytes", meter.peak());
    found
}

fn canonical(command: &Command, sequence: u64) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.array(3).unsigned(sequence);
    match command {
        Command::Provision(provision) => write_provision(&mut writer, provision),
        Command::Prove { root } => {
            writer.text("prove").map(1).text("root").bytes(root);
        }
        Command::Stop => {
            writer.text("stop").map(0);
        }
    }
    writer.0
}

fn write_provision(writer: &mut Writer, provision: &Provision) {
    let limits = &provision.limits;
    assert!(
        (1..=4).contains(&provision.keys.len()) && provision.target.len() <= 32 && provision.document.len() <= 4096
    );
    writer.text("provision").map(10).text("target").text(&provision.target);
    writer.text("boot").bytes(&provision.boot).text("image").bytes(&provision.image);
    writer.text("wall").unsigned(provision.wall).text("tsc_khz").unsigned(provision.tsc_khz);
    writer.text("limits").map(7);
    for (name, value) in [
        ("places_server", limits.places_server as u64),
        ("places_client", limits.places_client as u64),
        ("handshake_ms", limits.handshake_ms),
        ("release_ms", limits.release_ms),
        ("bytes_before_auth", limits.bytes_before_auth as u64),
        ("chain_max", limits.chain_max as u64),
        ("signatures_max", limits.signatures_max),
    ] {
        writer.text(name).unsigned(value);
    }
    writer.text("preface_key").bytes(&*provision.preface_key).text("document").bytes(&provision.document);
    writer.text("keys").array(provision.keys.len());
    for key in &provision.keys {
        writer.map(2).text("role").text(key.role.name()).text("key").bytes(&*key.key);
    }
    writer.text("authority");
    match &provision.authority {
        None => {
            writer.null();
        }
        Some(given) => {
            writer.map(5).text("ca").bytes(&given.ca).text("server").bytes(&given.server);
            writer.text("client").bytes(&given.client);
            writer.text("server_key").bytes(&*given.server_key).text("client_key").bytes(&*given.client_key);
        }
    }
}
