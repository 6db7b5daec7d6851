#!/usr/bin/env bash
# Certificates as clients have them that are not ours: made with openssl's defaults, and two roots of the public web.
# Writes *.der here. Keys and serial numbers are new each time, so the files are checked in.
set -euo pipefail
cd "$(dirname "$0")"
keys=$(mktemp -d)
trap 'rm -r "$keys"' EXIT

self_signed() { # NAME KEY-OPTIONS...
  local name=$1
  shift
  openssl genpkey "$@" -out "$keys/$name.key" 2>/dev/null
  openssl req -x509 -new -key "$keys/$name.key" -subj "/CN=$name" -days 3650 -outform DER -out "$name.der"
}
self_signed rsa-2048 -algorithm RSA -pkeyopt rsa_keygen_bits:2048
self_signed p-256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
self_signed p-384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
self_signed ed25519 -algorithm ED25519

# Without extensions openssl writes version 1.
openssl req -new -key "$keys/p-256.key" -subj "/C=ES/O=A client/CN=version 1" |
  openssl x509 -req -signkey "$keys/p-256.key" -days 3650 -outform DER -out version-1.der 2>/dev/null

for root in ISRG_Root_X2 GTS_Root_R4; do
  openssl x509 -in "/usr/share/ca-certificates/mozilla/$root.crt" -outform DER -out "${root,,}.der"
done
