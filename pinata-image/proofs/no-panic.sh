#!/bin/sh
# Compiles `gate` and `vault` to objects with the image's flags and shows that neither can panic: every symbol that an object
# takes from elsewhere is on a list, and no part of Rust's panic machinery is. A crate that does panic must fail the same check.
set -eu
cd "$(dirname "$0")/.."

TOOLCHAIN=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
TARGET=x86_64-unknown-linux-gnu
# The flags of build.sh that change code; that they are still the same is checked below.
FLAGS='--cfg=pinata_image
-Crelocation-model=pie
-Ctarget-cpu=x86-64-v2
--cfg=curve25519_dalek_backend="serial"
--cfg=sha2_backend_soft="compact"'
# What an object may take from elsewhere: the allocator's entry points that return null instead of panicking, memory functions,
# the formatter's own functions (for `Debug`), and the functions of the two crypto crates, which are trusted, not checked.
ALLOWED='__rustc::__rust_(alloc|dealloc|realloc|alloc_zeroed|no_alloc_shim_is_unstable_v2)|mem(cpy|move|set|cmp)'
ALLOWED="$ALLOWED|<core::fmt::Formatter>::[a-z0-9_]+|(k256|sha2)::.*"

fail() {
  echo "proofs/no-panic.sh: $*" >&2
  exit 1
}

if ! command -v nm >/dev/null; then
  echo "proofs/no-panic.sh: nm is not installed. Install it with: apt-get install binutils" >&2
  exit 3
fi
if ! cargo "+$TOOLCHAIN" --version >/dev/null 2>&1; then
  echo "proofs/no-panic.sh: Rust $TOOLCHAIN is not installed. Install it with: rustup toolchain install $TOOLCHAIN --profile minimal" >&2
  exit 3
fi
echo "$FLAGS" | while read -r flag; do
  grep -qF -- "$flag" build.sh || fail "build.sh no longer compiles with $flag"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

unset RUSTFLAGS
CARGO_ENCODED_RUSTFLAGS=$(echo "$FLAGS" | paste -sd "$(printf '\037')" -)
# With link-time optimisation the object would hold no machine code yet.
export CARGO_ENCODED_RUSTFLAGS CARGO_PROFILE_RELEASE_LTO=off

# compile MANIFEST PACKAGE FLAG...: leaves $work/PACKAGE.o
compile() {
  manifest=$1 package=$2
  shift 2
  cargo "+$TOOLCHAIN" rustc --quiet --locked --release --manifest-path "$manifest" --package "$package" --lib --target "$TARGET" \
    --target-dir target/proofs -- "--emit=obj=$work/$package.o" "$@" || fail "$package does not compile"
}

# foreign PACKAGE: what the object takes from elsewhere and may not
foreign() {
  nm -C --undefined-only "$work/$1.o" | sed 's/^ *U //' | grep -vxE "$ALLOWED" || true
}

# clean PACKAGE FUNCTION...: these functions are in the object, and nothing in it panics
clean() {
  package=$1
  shift
  for function in "$@"; do
    nm -C --defined-only "$work/$package.o" | grep -q " T $function\$" || fail "$package.o holds no $function"
  done
  found=$(foreign "$package")
  [ -z "$found" ] || fail "$package.o may panic; it takes from elsewhere:
$found"
}

# Without link-dead-code the compiler leaves functions as small as the gate's to the crates that call them.
compile gate/Cargo.toml pinata-gate -Clink-dead-code
compile vault/Cargo.toml pinata-vault
clean pinata-gate pinata_gate::step pinata_gate::Gate::advance pinata_gate::Gate::new pinata_gate::Gate::state
clean pinata-vault pinata_vault::Vault::seal pinata_vault::Vault::release pinata_vault::Vault::prove

mkdir -p "$work/control/src"
cat >"$work/control/Cargo.toml" <<'END'
[package]
name = "control"
edition = "2024"
[workspace]
END
cat >"$work/control/src/lib.rs" <<'END'
#![no_std]
pub fn at(bytes: &[u8], index: usize) -> u8 {
    bytes[index]
}
END
cargo "+$TOOLCHAIN" generate-lockfile --quiet --manifest-path "$work/control/Cargo.toml"
compile "$work/control/Cargo.toml" control -Clink-dead-code
foreign control | grep -q '^core::panicking::panic_bounds_check$' || fail 'the crate that panics was not found out: this check is blind'

echo 'no panic: the objects of gate and vault take nothing from the panic machinery; a crate that indexes out of bounds does'
