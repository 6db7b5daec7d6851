#!/usr/bin/env python3
"""Writes channel.json: frames of channel.cddl made by an independent codec (cbor2 from PyPI), for both of ours.

Each vector has its name, its direction, the whole frame in hex with its length, and the message as JSON, where byte strings
are {"hex": "..."}. `refused` holds frames towards the guest that must not be taken. Usage: make-channel.py > channel.json
"""
import json
import sys

import cbor2


def b(start, length):
    """`length` bytes that count up from `start`."""
    return bytes((start + i) % 256 for i in range(length))


ID = b(0x10, 16)
LIMITS = {
    "places_server": 64, "places_client": 16, "handshake_ms": 20000, "release_ms": 10000,
    "bytes_before_auth": 98304, "chain_max": 8, "signatures_max": 10000000,
}
PROVISION = {
    "target": "practice", "boot": b(1, 16), "image": b(2, 32), "wall": 1790000000000000, "tsc_khz": 2400000,
    "limits": LIMITS, "preface_key": b(3, 32), "document": "pinata release 1\ntarget: practice\n".encode(),
    "keys": [{"role": "vault", "key": b(4, 32)}, {"role": "heap", "key": b(5, 32)}],
    "authority": {"ca": b(6, 300), "server": b(7, 24), "client": b(8, 23), "server_key": b(9, 32), "client_key": b(10, 32)},
}
BORN = {**PROVISION, "target": "prize", "tsc_khz": 0, "keys": PROVISION["keys"][:1], "authority": None}


def event(kind, us=1_000_000, id=ID, **keys):
    return {**({} if id is None else {"id": id}), "us": us, "kind": kind, **keys}


TO_GUEST = [
    ("provision-given", 0, "provision", PROVISION),
    ("provision-born", 0, "provision", BORN),
    ("prove", 1, "prove", {"root": b(0xC0, 32)}),
    ("stop", 300, "stop", {}),
]
TO_HOST = [
    ("hello", 0, "hello", {"version": 1, "image": "0.1.0"}),
    ("ready", 1, "ready", {
        "boot": b(1, 16), "authority": "born", "ca": b(2, 400), "server": b(3, 300), "client": b(4, 256),
        "us": 30000,
    }),
    ("event-accepted", 2, "event", event("accepted", port=10000)),
    ("event-preface-bad", 3, "event", event("preface_bad", id=None, port=10002, reason="mac")),
    ("event-client-hello", 4, "event", event("client_hello", us=23)),
    ("event-hello-retry", 5, "event", event("hello_retry", us=24)),
    ("event-server-flight", 6, "event", event("server_flight", us=255)),
    ("event-certificate", 7, "event", event("certificate", us=256, chain=[b(0, 30), b(1, 600)], sha256=b(7, 32), count=2)),
    ("event-chain-ok", 8, "event", event("chain_ok", us=65535)),
    ("event-chain-rejected", 9, "event", event("chain_rejected", us=65536, reason="UnknownIssuer")),
    ("event-possession-ok", 10, "event", event("possession_ok", us=4294967295, scheme=0x0403)),
    ("event-possession-rejected", 23, "event", event("possession_rejected", us=4294967296, scheme=0x0804, reason="BadSignature")),
    ("event-finished", 24, "event", event("finished", suite=0x1301, group=29)),
    ("event-released", 25, "event", event("released", bytes=700, self=True)),
    ("event-alert-sent", 26, "event", event("alert_sent", code=116)),
    ("event-alert-received", 27, "event", event("alert_received", code=0)),
    ("event-limit", 28, "event", event("limit", id=None, which="places")),
    ("event-tls-error", 29, "event", event("tls_error", what="NoCertificatesPresented")),
    ("event-closed", 30, "event", event("closed", by="peer")),
    ("event-handshake-secrets", 31, "event", event("handshake_secrets", client_random=b(1, 32), client=b(2, 32), server=b(3, 32))),
    ("event-session-tag", 255, "event", event("session_tag", tag=b(4, 32))),
    ("proof", 256, "proof", {"root": b(1, 32), "message": b(2, 32), "signature": b(3, 64), "key": b(4, 32)}),
    ("lost", 65536, "lost", {"count": 12}),
    ("fault", 65537, "fault", {"reason": "panic: ñ", "location": "image/src/main.rs:10:5"}),
]


def frame(body):
    return (len(body).to_bytes(4, "big") + body).hex()


def plain(value):
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def vector(direction):
    return lambda v: {
        "name": v[0], "direction": direction, "frame": frame(cbor2.dumps([v[1], v[2], v[3]])),
        "sequence": v[1], "type": v[2], "body": plain(v[3]),
    }


def refused():
    """Frames with sequence number 0 that a strict decoder does not take."""
    prove = cbor2.dumps([0, "prove", {"root": b(0, 32)}])
    head = cbor2.dumps("prove")
    ok = lambda body: bytes([0x83, 0x00]) + head + body
    root = cbor2.dumps("root")
    changed = lambda **keys: cbor2.dumps([0, "provision", {**PROVISION, **keys}])
    yield "long sequence number", bytes([0x83, 0x18, 0x00]) + prove[2:]
    yield "indefinite array", bytes([0x9F]) + prove[1:] + b"\xff"
    yield "indefinite map", ok(b"\xbf" + root + cbor2.dumps(b(0, 32)) + b"\xff")
    yield "long map head", ok(b"\xb8\x01" + root + cbor2.dumps(b(0, 32)))
    yield "indefinite byte string", ok(b"\xa1" + root + b"\x5f\x58\x20" + b(0, 32) + b"\xff")
    yield "long byte string head", ok(b"\xa1" + root + b"\x59\x00\x20" + b(0, 32))
    yield "short root", cbor2.dumps([0, "prove", {"root": b(0, 31)}])
    yield "long root", cbor2.dumps([0, "prove", {"root": b(0, 33)}])
    yield "text for bytes", cbor2.dumps([0, "prove", {"root": "r" * 32}])
    yield "unknown key", cbor2.dumps([0, "prove", {"toor": b(0, 32)}])
    yield "additional key", cbor2.dumps([0, "prove", {"root": b(0, 32), "x": 1}])
    yield "trailing byte", prove + b"\x00"
    yield "cut", prove[:-1]
    yield "wrong sequence number", cbor2.dumps([1, "prove", {"root": b(0, 32)}])
    yield "unknown type", cbor2.dumps([0, "event", {}])
    yield "two elements", cbor2.dumps([0, "stop"])
    yield "tagged", b"\xc1" + prove
    yield "keys in another order", cbor2.dumps([0, "provision", dict(reversed(PROVISION.items()))])
    yield "target too long", changed(target="t" * 33)
    yield "no keys", changed(keys=[])
    yield "five keys", changed(keys=PROVISION["keys"][:1] * 5)
    yield "unknown key role", changed(keys=[{"role": "host", "key": b(1, 32)}])
    yield "document too long", changed(document=b(0, 4097))
    yield "too many places", changed(limits={**LIMITS, "places_server": 4097})
    yield "negative places", changed(limits={**LIMITS, "places_server": -1})
    yield "float places", changed(limits={**LIMITS, "places_server": 1.0})


json.dump({
    "vectors": [*map(vector("to-guest"), TO_GUEST), *map(vector("to-host"), TO_HOST)],
    "refused": [{"name": name, "frame": frame(body)} for name, body in refused()],
}, sys.stdout, indent=1, ensure_ascii=False)
print()
