#!/usr/bin/env bash
# Builds the targets with libFuzzer and runs one, on the pinned stable compiler.
#   ./run.sh build                         builds all, unless they are up to date
#   ./run.sh list                          names of the targets
#   ./run.sh run TARGET SECONDS [FLAG...]  seeds first, then what coverage leads to; flags are libFuzzer's own
#   ./run.sh seeds [--check]               writes the seeds anew, or says which are other than they would be written
#   ./run.sh check                         the form of all this, and its own tests
# New inputs go to PINATA_FUZZ_CORPUS, or to target/fuzz/corpus/TARGET; a crash to target/fuzz/crashes/TARGET.
set -euo pipefail
cd "$(dirname "$0")"

TOOLCHAIN=$(sed -n 's/^channel = "\(.*\)"/\1/p' ../rust-toolchain.toml)
OUT=$(realpath -m ../target/fuzz)
# A single input may take this long, and a process this much: more is a fault.
UNIT_SECONDS=20
RSS_MIB=1024

build() {
  ../prepare.sh
  unset RUSTFLAGS
  RUSTC_WRAPPER=$PWD/instrument.sh \
    cargo "+$TOOLCHAIN" build --locked --release --bins --features engine --target-dir "$OUT"
}

# Without libFuzzer and without counters.
plain() {
  ../prepare.sh
  local command=$1
  shift
  cargo "+$TOOLCHAIN" "$command" --locked --target-dir "$OUT-plain" "$@"
}

case "${1:-}" in
  build) build ;;
  list) sed -n '/^\[\[bin\]\]/,/^$/s/^name = "\(.*\)"/\1/p' Cargo.toml ;;
  run)
    name=${2:?target} seconds=${3:?seconds}
    shift 3
    [ -x "$OUT/release/$name" ] || build
    corpus=${PINATA_FUZZ_CORPUS:-$OUT/corpus/$name} crashes=$OUT/crashes/$name
    mkdir -p "$corpus" "$crashes"
    exec "$OUT/release/$name" "-max_total_time=$seconds" "-timeout=$UNIT_SECONDS" "-rss_limit_mb=$RSS_MIB" \
      "-artifact_prefix=$crashes/" "$@" "$corpus" "seeds/$name"
    ;;
  seeds)
    shift
    plain run --release --example seeds -- "$@"
    ;;
  check)
    cargo "+$TOOLCHAIN" fmt --check
    plain clippy --all-targets -- -D warnings
    plain test --lib
    ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
