//! Plays every case to all four servers and holds what they say to the table of differences.
mod peers;

use pinata_opinion::differences::Opinions;
use pinata_opinion::{EXPLANATIONS, Files, Ours, Program, Seen, Verdict, corpus, report};
use pinata_puppet::Authority;
use std::fs;
use std::path::Path;
use std::thread;

const GENERATED: &str = "<!-- What follows is generated. -->\n\n";

#[test]
fn others_agree_but_for_what_is_explained() {
    let authority = Authority::new(&[0x0a; 32], "pinata practice authority");
    let cases = corpus::cases(&authority);
    let files = Files::new(&authority);
    let programs = [peers::rustls(&files), peers::openssl(&files), peers::go(&files)];
    let versions = programs.each_ref().map(Program::name).join(", ");
    let ours = Ours::new(&authority);
    let see = |program: &Program| cases.iter().map(|case| program.see(case)).collect::<Vec<Seen>>();
    let theirs = thread::scope(|scope| {
        programs.each_ref().map(|program| scope.spawn(move || see(program))).map(|thread| thread.join().unwrap())
    });
    let all: Vec<Opinions<'_>> = cases
        .iter()
        .enumerate()
        .map(|(at, case)| Opinions {
            case,
            ours: ours.see(case),
            rustls: theirs[0][at],
            openssl: theirs[1][at],
            go: theirs[2][at],
        })
        .collect();
    assert_eq!(all[0].ours.verdict(), Verdict::Accepted, "an honest client");
    let complaints = report::complaints(&all, EXPLANATIONS);
    let told = format!("{} complaints, with {versions}: {complaints:#?}", complaints.len());
    assert!(complaints.is_empty(), "{told}");
    keep(&report::page(&all, EXPLANATIONS));
}

/// Compares the page's last part with what was found, or writes it anew.
fn keep(found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/second-opinion.md");
    let page = fs::read_to_string(&path).expect("the page is there");
    let (words, kept) = page.split_once(GENERATED).expect("the page has a part that is generated");
    if std::env::var_os("SECOND_OPINION_WRITE").is_some() {
        fs::write(&path, [words, GENERATED, found].concat()).expect("the page can be written");
    } else {
        assert!(kept == found, "docs/second-opinion.md is not what was found; write it with SECOND_OPINION_WRITE=1");
    }
}
