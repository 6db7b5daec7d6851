#!/usr/bin/env bash
# Makes patched/: graviola as published, able to live without std. Cargo.toml's [patch.crates-io] points there, so this must have
# run before any cargo command; it does nothing when patched/ is exactly what it should be.
#
# The archive that cargo fetched must have the checksum below, each expected text must be found exactly once, and the result as a
# whole must have the second checksum. Anything else stops the build.
set -euo pipefail
cd "$(dirname "$0")"

VERSION=0.4.1
ARCHIVE_SHA256=e8596c4fa98466aae2fcf4c72a665bc0e021c0aaab1e47d82044d3dc3e309a76
# Of the names and contents of all files in patched/. Whoever changes an edit or nostd.rs updates it after reading `diff -r`.
PATCHED_SHA256=44e8c162ffd6c373394bf248bb2024588dfb019a6dc39c317fa286b6c726af10
OUT=patched

fail() {
  echo "graviola/patch.sh: $*" >&2
  exit 1
}

tree_sha256() {
  (cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | sha256sum | cut -d' ' -f1
}

is_done() {
  [ -d "$OUT" ] && [ "$(tree_sha256 "$OUT")" = "$PATCHED_SHA256" ]
}

# Prints the path of an archive with the right checksum, if cargo has one.
find_archive() {
  local archive
  for archive in "${CARGO_HOME:-$HOME/.cargo}"/registry/cache/*/"graviola-$VERSION.crate"; do
    if [ -f "$archive" ] && [ "$(sha256sum "$archive" | cut -d' ' -f1)" = "$ARCHIVE_SHA256" ]; then
      echo "$archive"
      return
    fi
  done
}

# Has cargo download it, for a package outside of the workspace, which cannot be read yet.
fetch_archive() {
  local toolchain
  toolchain=$(sed -n 's/^channel = "\(.*\)"/\1/p' ../rust-toolchain.toml)
  mkdir -p "$work/fetch/src"
  : >"$work/fetch/src/lib.rs"
  printf '[package]\nname = "fetch"\nedition = "2024"\n[dependencies]\ngraviola = "=%s"\n[workspace]\n' "$VERSION" \
    >"$work/fetch/Cargo.toml"
  (cd "$work/fetch" && cargo "+$toolchain" fetch --quiet --target x86_64-unknown-linux-gnu)
}

# edit FILE OLD NEW: OLD must stand exactly once in FILE.
edit() {
  local file="$work/graviola/$1" text rest
  # The dot keeps the line ends at the end.
  text=$(cat "$file" && echo .)
  text=${text%.}
  rest=${text#*"$2"}
  [[ "$rest" != "$text" && "$rest" != *"$2"* ]] || fail "$1 should contain exactly once: $2"
  printf '%s' "${text/"$2"/"$3"}" >"$file"
}

if is_done; then exit 0; fi
# One at a time; whoever waited finds it done.
exec 9>.lock
flock 9
if is_done; then exit 0; fi

work=$(mktemp -d ./.work.XXXXXX)
trap 'rm -rf "$work"' EXIT
archive=$(find_archive)
if [ -z "$archive" ]; then
  fetch_archive
  archive=$(find_archive)
fi
[ -n "$archive" ] || fail "cargo has no graviola-$VERSION.crate with SHA-256 $ARCHIVE_SHA256"
mkdir "$work/graviola"
tar -xzf "$archive" -C "$work/graviola" --strip-components=1 --no-same-owner

# No std: alloc by name, and our two stand-ins.
edit src/lib.rs '#![forbid(unused_must_use)]' $'#![no_std]\n#![forbid(unused_must_use)]'
edit src/lib.rs $'/// Low level operations.\n' \
  $'#[macro_use]\nextern crate alloc;\n#[macro_use]\nmod nostd;\n\n/// Low level operations.\n'
edit src/low/posint.rs 'use core::ops::{Deref, DerefMut};' $'use alloc::vec::Vec;\nuse core::ops::{Deref, DerefMut};'
# A helper that nobody calls prints.
edit src/low/posint.rs $'#[allow(dead_code)]\n    pub(crate) fn debug(' $'#[cfg(any())]\n    pub(crate) fn debug('
# Debug builds read the environment, and print.
edit src/low/x86_64/cpu.rs $'#[cfg(not(debug_assertions))]\npub(crate) fn test_toggle' 'pub(crate) fn test_toggle'
edit src/low/x86_64/cpu.rs $'#[cfg(debug_assertions)]\npub(crate) fn test_toggle' $'#[cfg(any())]\npub(crate) fn test_toggle'
# Random bytes come from whom we say, not from an operating system.
edit Cargo.toml $'[dependencies.getrandom]\nversion = "0.3"\n' ''
edit src/mid/rng.rs 'getrandom::fill(out).map_err(|_| Error::RngFailed)' 'crate::nostd::random(out)'
edit src/lib.rs $'pub mod random {\n' $'pub mod random {\n    pub use crate::nostd::{Source, set_source};\n\n'
# To the compiler an assembly block weighs nothing: it would copy all of one into each of its callers.
for name in p256_montjadd p256_montjdouble p256_montjmixadd bignum_inv_p256 bignum_montmul_p256 bignum_montsqr_p256 \
  curve25519_x25519 curve25519_x25519base sha3_keccak_f1600 mlkem_ntt mlkem_intt mlkem_basemul_k3; do
  edit "src/low/x86_64/$name.rs" "pub(crate) fn $name(" "#[inline(never)]"$'\n'"pub(crate) fn $name("
done
edit src/low/x86_64/sha3_keccak4_f1600_alt.rs 'pub(crate) fn' $'#[inline(never)]\npub(crate) fn'
cp nostd.rs "$work/graviola/src/nostd.rs"

rm -rf "$OUT"
mv "$work/graviola" "$OUT"
is_done || fail "$OUT has SHA-256 $(tree_sha256 "$OUT"), not $PATCHED_SHA256: read the edits, then write the new one here"
