//! Builds the three programs and starts them.

use pinata_opinion::{Files, Program};
use std::path::{Path, PathBuf};
use std::process::Command;

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

fn built() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("opinion")
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

pub fn rustls(files: &Files) -> Program {
    let target = built().join("rustls");
    let manifest = sources().join("rustls/Cargo.toml");
    run(Command::new(env!("CARGO"))
        .args(["build", "--locked", "--quiet", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(&target));
    Program::start(&mut Command::new(target.join("debug/rustls-peer")), files)
}

pub fn openssl(files: &Files) -> Program {
    let folder = sources().join("openssl");
    let mut command = Command::new("python3");
    command.env("OPENSSL_CONF", folder.join("openssl.cnf")).arg(folder.join("peer.py"));
    Program::start(&mut command, files)
}

pub fn go(files: &Files) -> Program {
    let program = built().join("go-peer");
    run(Command::new("go").args(["build", "-o"]).arg(&program).arg(".").current_dir(sources().join("go")));
    Program::start(&mut Command::new(program), files)
}
