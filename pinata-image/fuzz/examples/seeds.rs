//! Writes the seeds below `seeds/`, one folder for each target. With `--check`: writes nothing, and fails where a file is other
//! than it would be written, or is missing. What a crash has left there, under a name that begins with `crash-`, is let be.

mod write {
    pub mod attempts;
    pub mod certificates;
    pub mod commands;
    pub mod handshake;
    pub mod preface;
    pub mod records;
    pub mod reports;
    pub mod rings;
    pub mod writer;
}

use std::fs;
use std::path::Path;
use std::process::exit;

/// A name and an input.
type Seed = (String, Vec<u8>);

fn main() {
    let check = std::env::args().any(|argument| argument == "--check");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let all: [(&str, Vec<Seed>); 10] = [
        ("attempts", write::attempts::seeds()),
        ("certificates", write::certificates::seeds()),
        ("commands", write::commands::seeds()),
        ("control", vec![("empty".into(), vec![0])]),
        ("handshake", write::handshake::seeds()),
        ("preface", write::preface::seeds()),
        ("records", write::records::seeds()),
        ("reports", write::reports::seeds()),
        ("rings", write::rings::seeds()),
        ("writer", write::writer::seeds()),
    ];
    let mut wrong = Vec::new();
    for (target, seeds) in all {
        for (name, bytes) in seeds {
            let path = folder.join(target).join(&name);
            // What was recorded may be of an earlier guest.
            let is_recorded = name.starts_with("recorded-");
            if check && fs::read(&path).is_ok_and(|found| is_recorded || found == bytes) {
                continue;
            }
            match check {
                true => wrong.push(path),
                false => {
                    fs::create_dir_all(folder.join(target)).expect("a folder");
                    fs::write(path, bytes).expect("a file");
                }
            }
        }
    }
    if !wrong.is_empty() {
        eprintln!("not as they would be written: {wrong:#?}");
        exit(1);
    }
}
