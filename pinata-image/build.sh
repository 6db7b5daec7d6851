#!/usr/bin/env bash
# Builds target/pinata.elf (stripped) and target/pinata.elf.sha256. Does nothing when neither sources nor compiler have changed.
# The same sources give the same bytes in any folder: paths are mapped away, and there are no build ids and no times.
#   --force      builds in any case
#   --misdeeds   builds target/misdeeds.elf instead, with its symbols: what the tests of the guest boot, and nobody else
#   --lines      builds target/lines.elf instead, with its table of source lines: what lines of code are counted by
set -euo pipefail
cd "$(dirname "$0")"

TOOLCHAIN=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
TARGET=x86_64-unknown-linux-gnu
NAME=pinata
FOLDER=target/image
STRIP=--strip-all
features=()
case ${1:-} in
  --misdeeds)
    NAME=misdeeds
    STRIP=--strip-debug
    features=(--features misdeeds)
    FOLDER=target/$NAME
    ;;
  --lines)
    NAME=lines
    STRIP=--only-keep-debug
    export CARGO_PROFILE_RELEASE_DEBUG=line-tables-only
    FOLDER=target/$NAME
    ;;
esac
OUT=target/$NAME.elf
STAMP=target/$NAME.stamp

if ! cargo "+$TOOLCHAIN" --version >/dev/null 2>&1; then
  echo "build.sh: Rust $TOOLCHAIN is not installed. Install it with: rustup toolchain install $TOOLCHAIN --profile minimal" >&2
  exit 3
fi
./prepare.sh

# Not what only tests are made of.
sources=$(
  { find . \( -path ./target -o -path ./fuzz -o -path ./hosted -o -path ./opinion -o -path ./puppet -o -path ./wycheproof -o -name tests \) \
      -prune -o -type f \
      \( -name '*.rs' -o -name '*.s' -o -name '*.toml' -o -name '*.ld' -o -name Cargo.lock -o -name '*.sh' \) -print0 |
      LC_ALL=C sort -z | xargs -0 sha256sum
    cargo "+$TOOLCHAIN" --version
  } | sha256sum | cut -d' ' -f1
)
if [ "${1:-}" != --force ] && [ -f "$OUT" ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$sources" ] &&
  [ "$(sha256sum "$OUT" | cut -d' ' -f1)" = "$(cat "$OUT.sha256" 2>/dev/null)" ]; then
  exit 0
fi

# One flag per element, separated by 0x1f as cargo wants it. Vector code is slow under emulation: hence an old processor and the
# plain version of the curve. Code that runs for the first time is slow too: hence SHA-256 as a loop.
flags=(
  '--cfg=pinata_image'
  -Crelocation-model=pie
  -Ctarget-cpu=x86-64-v2
  '--cfg=curve25519_dalek_backend="serial"'
  '--cfg=sha2_backend_soft="compact"'
  "--remap-path-prefix=$PWD=pinata-image"
  "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
)
# The folders of downloaded crates are named after where they came from, which is nobody's business. The last match counts.
cargo "+$TOOLCHAIN" fetch --locked --quiet
for folder in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
  flags+=("--remap-path-prefix=$folder=crates")
done
# Where the sources of the standard library are installed, rustc writes their local path into panic locations: it gets the one they have elsewhere.
sysroot=$(rustc "+$TOOLCHAIN" --print sysroot)
commit=$(rustc "+$TOOLCHAIN" --version --verbose | sed -n 's/^commit-hash: //p')
flags+=("--remap-path-prefix=$sysroot/lib/rustlib/src/rust=/rustc/$commit")
unset RUSTFLAGS
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}")
export CARGO_ENCODED_RUSTFLAGS SOURCE_DATE_EPOCH=0

# A folder of its own, so that tests that build for the host neither wait for this nor throw its work away.
cargo "+$TOOLCHAIN" build --locked --release --package pinata-image-kernel "${features[@]}" --target "$TARGET" --target-dir "$FOLDER"

built=$FOLDER/$TARGET/release/pinata
strip "$STRIP" -o "$OUT.new" "$built"
mv "$OUT.new" "$OUT"
sha256sum "$OUT" | cut -d' ' -f1 >"$OUT.sha256"
echo "$sources" >"$STAMP"
