import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Direction, GuestRole } from '../wire/facts.ts';
import type { TlsObservation } from './observation.ts';
import { TlsObserver } from './observer.ts';
import {
  alert,
  CHANGE_CIPHER_SPEC,
  clientHello,
  extension,
  message,
  record,
  sealed,
  serverHello,
} from './testing/bytes.ts';
import { hasProgram } from './testing/real-peers.ts';
import { dissect } from './testing/tshark.ts';

type Piece = [Direction, Uint8Array];

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const u16 = fc.integer({ min: 0, max: 0xffff });
const known = fc.constantFrom(0, 10, 11, 13, 15, 16, 35, 41, 42, 43, 45, 50, 51, 0xfe0d, 0xff01);

/** Extensions that are mostly nonsense inside. */
const wildExtension = fc.tuple(fc.oneof(known, u16), bytes(40)).map(([type, body]) => extension(type, body));

const wildHello = fc
  .record({
    version: u16,
    random: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    sessionId: bytes(32),
    ciphers: fc.array(u16, { minLength: 1, maxLength: 40 }),
    extensions: fc.array(wildExtension, { maxLength: 20 }),
  })
  .map(clientHello);

const OLD_CERTIFICATE = record(22, message(11, Buffer.from([0, 0, 5, 0, 0, 2, 0x30, 0])));
const SSL2 = Buffer.from([0x80, 14, 1, 0, 2, 0, 3, 0, 0, 0, 2, 2, 0, 0x80, 1, 2]);
const COMPATIBLE = Buffer.from([0x80, 14, 1, 3, 3, 0, 3, 0, 0, 0, 2, 0, 0, 0x2f, 1, 2]);

/** Whole records of every kind, some true to form and some not. */
const wildRecord = fc.oneof(
  wildHello.map(hello => record(22, hello, 0x0301)),
  fc.constant(record(22, serverHello())),
  fc.constant(record(22, clientHello())),
  fc.constant(CHANGE_CIPHER_SPEC),
  fc.tuple(fc.nat(255), fc.nat(255)).map(([level, code]) => alert(level, code)),
  fc.nat(300).map(sealed),
  fc.tuple(fc.nat(255), bytes(60)).map(([type, body]) => record(22, message(type, body))),
  fc.tuple(fc.constantFrom(11, 12, 15), bytes(60)).map(([type, body]) => record(22, message(type, body))),
  fc.constantFrom(record(22, serverHello({ extensions: null, cipher: 0xc02f })), OLD_CERTIFICATE, SSL2, COMPATIBLE),
  bytes(40).map(body => record(24, body)),
  fc.tuple(fc.nat(255), bytes(60), u16).map(([type, body, version]) => record(type, body, version)),
  bytes(30),
);

const conversation = fc.array(fc.tuple(fc.constantFrom<Direction>('in', 'out'), wildRecord), { maxLength: 12 });
const role = fc.constantFrom<GuestRole>('server', 'client');

test('any split of the same bytes gives the same result', () => {
  fc.assert(
    fc.property(
      conversation,
      role,
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
      (pieces, guestRole, cuts) => {
        const whole = observe(pieces, guestRole);
        assert.deepEqual(
          observe(
            split(pieces, () => 1),
            guestRole,
          ),
          whole,
        );
        let next = 0;
        assert.deepEqual(
          observe(
            split(pieces, () => cuts[next++ % cuts.length] ?? 1),
            guestRole,
          ),
          whole,
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('no bytes and no gaps make it throw, and everything stays bounded', () => {
  const step = fc.oneof(
    fc.tuple(fc.constantFrom<Direction>('in', 'out'), fc.oneof(wildRecord, bytes(400))),
    fc.tuple(fc.constantFrom<Direction>('in', 'out'), fc.nat(500)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), role, (steps, guestRole) => {
      const observer = new TlsObserver(guestRole);
      for (const [dir, what] of steps) {
        if (typeof what === 'number') observer.skip(dir, what, 0);
        else observer.push(dir, what, 0);
      }
      const seen = observer.result();
      assert.ok(seen.history.length <= 100 && seen.anomalies.length <= 64 && seen.records.length <= 512);
      assert.ok(seen.heartbeats.length <= 16 && seen.certificates.length <= 4 && seen.signatures.length <= 4);
      assert.ok((seen.hello?.starts.length ?? 0) <= 32);
      assert.doesNotThrow(() => JSON.stringify(seen));
    }),
    { numRuns: 500 },
  );
});

test('a hello with one byte changed is still judged, whatever it becomes', () => {
  const hello = record(22, clientHello(), 0x0301);
  for (let at = 0; at < hello.length; at++) {
    for (const value of [0x00, 0x7f, 0xff]) {
      const changed = Buffer.from(hello);
      changed[at] = value;
      const seen = observe([['in', changed]], 'server');
      assert.equal(seen.clientHello === null, seen.helloState !== 'complete');
    }
  }
});

test('tshark finds the same JA3 in hellos of any content', async t => {
  if (!(await hasProgram('tshark'))) return t.skip('tshark is not here');
  const list = (max: number) => fc.array(u16, { minLength: 1, maxLength: max });
  const sound = fc
    .record({
      ciphers: list(40),
      groups: list(10),
      formats: bytes(4),
      versions: list(4),
      others: fc.uniqueArray(u16, { maxLength: 9 }),
    })
    .map(({ ciphers, groups, formats, versions, others }) => {
      const pairs = (values: number[]) => Buffer.concat(values.map(value => Buffer.from([value >> 8, value & 0xff])));
      const sized = (body: Buffer) => Buffer.concat([Buffer.from([body.length >> 8, body.length & 0xff]), body]);
      return clientHello({
        ciphers,
        extensions: [
          ...others.filter(type => type > 60 && type < 0x1000).map(type => extension(type, Buffer.alloc(3))),
          extension(10, sized(pairs(groups))),
          extension(11, Buffer.concat([Buffer.from([formats.length]), formats])),
          extension(43, Buffer.concat([Buffer.from([2 * versions.length]), pairs(versions)])),
        ],
      });
    });
  const hellos = fc.sample(sound, 60).map(hello => record(22, hello, 0x0301));
  const found = await dissect(
    hellos.map(hello => [{ dir: 'in', bytes: hello }]),
    ['tls.handshake.ja3'],
  );
  const ours = hellos.map(hello => [observe([['in', hello]], 'server').ja3]);
  assert.deepEqual(
    ours,
    found.map(fields => fields['tls.handshake.ja3']),
  );
});

function split(pieces: readonly Piece[], nextSize: () => number): Piece[] {
  return pieces.flatMap(([dir, whole]) => {
    const parts: Piece[] = [];
    for (let at = 0; at < whole.length; ) {
      const size = nextSize();
      parts.push([dir, whole.subarray(at, at + size)]);
      at += size;
    }
    return parts;
  });
}

function observe(pieces: readonly Piece[], guestRole: GuestRole): TlsObservation {
  const observer = new TlsObserver(guestRole);
  for (const [dir, part] of pieces) observer.push(dir, part, 0);
  return observer.result();
}
