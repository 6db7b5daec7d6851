#!/usr/bin/env bash
# What cargo calls in the place of rustc. The crates whose behaviour is searched get counters at each edge, a table of their
# addresses, and a call at each comparison: what `-Zsanitizer` brings on nightly, without a sanitizer. The arithmetic of the
# crypto crates is left as it is: it has nothing to tell, and would only be slow.
set -euo pipefail
name=
for ((i = 2; i < $#; i++)); do
  [ "${!i}" = --crate-name ] && next=$((i + 1)) && name=${!next}
done
case $name in
  pinata_* | rustls | rustls_pki_types | webpki | minicbor | virtio_drivers)
    exec "$@" \
      -Cpasses=sancov-module \
      -Cllvm-args=-sanitizer-coverage-level=4 \
      -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
      -Cllvm-args=-sanitizer-coverage-pc-table \
      -Cllvm-args=-sanitizer-coverage-trace-compares
    ;;
esac
exec "$@"
