import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Data, Withheld } from '../wire/facts.ts';
import { newAttemptId } from '../wire/ids.ts';
import { IncomingRedactor, OutgoingRedactor, type Redactor } from './redact.ts';
import { TAPE_CAP_BYTES, TAPE_SPOOL_BYTES, Tape } from './tape.ts';
import { WithheldHashes } from './withheld-hashes.ts';

const ID = newAttemptId(0);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function record(type: number, body: Uint8Array | string): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from([type, 3, 3, bytes.length >> 8, bytes.length & 255]), bytes]);
}

const hello = record(22, 'ServerHello in plain');
const ccs = record(20, '\x01');
const flight = record(23, 'EncryptedExtensions to Finished');
const release = record(23, 'the release, encrypted, which must not be kept');
const notify = record(23, 'close_notify, 19 bytes');

/** Records `bytes`, split at `cuts`, and answers the facts. */
function taped(bytes: Uint8Array, cuts: number[], redactor: Redactor | null, hashes = new WithheldHashes()) {
  const facts: (Data | Withheld)[] = [];
  const tape = new Tape({ id: ID, dir: 'out', redactor, append: f => facts.push(f), onWithheld: h => hashes.add(h) });
  const edges = [0, ...cuts.map(cut => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [index, end] of edges.slice(1).entries()) tape.push(bytes.subarray(edges[index], end), 1);
  tape.finish(2);
  return facts;
}

const kept = (facts: (Data | Withheld)[]) =>
  Buffer.concat(facts.flatMap(fact => (fact.kind === 'data' ? Buffer.from(fact.bytes, 'base64') : [])));
const withheld = (facts: (Data | Withheld)[]) =>
  facts.flatMap(fact => (fact.kind === 'withheld' ? [[fact.at, fact.length, fact.sha256, fact.why]] : []));

/** Every byte is told once: as data or as withheld, in order. */
function isWhole(facts: (Data | Withheld)[], length: number): void {
  let at = 0;
  for (const fact of facts) {
    assert.equal(fact.at, at);
    at += fact.kind === 'data' ? Buffer.from(fact.bytes, 'base64').length : fact.length;
  }
  assert.equal(at, length);
}

test('of what the guest sends after its encrypted flight only headers, lengths and hashes are kept', () => {
  const bytes = Buffer.concat([hello, ccs, flight, release, notify]);
  const facts = taped(bytes, [], new OutgoingRedactor());
  const at = hello.length + ccs.length + flight.length;
  assert.deepEqual(withheld(facts), [
    [at + 5, release.length - 5, sha256(release.subarray(5)), 'ciphertext'],
    [at + release.length + 5, notify.length - 5, sha256(notify.subarray(5)), 'ciphertext'],
  ]);
  assert.ok(kept(facts).equals(Buffer.concat([hello, ccs, flight, release.subarray(0, 5), notify.subarray(0, 5)])));
  isWhole(facts, bytes.length);
  assert.equal(facts[0]?.kind === 'data' && Buffer.from(facts[0].bytes, 'base64').length, at + 5, 'one read, one fact');
});

test('however the bytes are split, the same is kept and the same is withheld', () => {
  const types = fc.constantFrom(20, 21, 22, 23, 23, 23);
  const records = fc.array(fc.tuple(types, fc.uint8Array({ maxLength: 60 })), { maxLength: 8 });
  fc.assert(
    fc.property(records, fc.uint8Array({ maxLength: 9 }), fc.array(fc.nat(600)), (all, tail, cuts) => {
      const bytes = Buffer.concat([...all.map(([type, body]) => record(type, body)), tail]);
      for (const make of [() => new OutgoingRedactor(), () => new IncomingRedactor(() => false)]) {
        const [whole, split] = [taped(bytes, [], make()), taped(bytes, cuts, make())];
        assert.ok(kept(split).equals(kept(whole)));
        assert.deepEqual(withheld(split), withheld(whole));
        isWhole(split, bytes.length);
      }
    }),
  );
});

test('no byte of a body after the flight is ever kept, whatever comes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(20, 21, 22, 23, 24), { maxLength: 6 }),
      fc.array(fc.nat(400)),
      (types, cuts) => {
        const bytes = Buffer.concat([hello, flight, ...types.map(type => record(type, 'SECRET'))]);
        assert.equal(kept(taped(bytes, cuts, new OutgoingRedactor())).includes('SECRET'), false);
      },
    ),
  );
});

test('output of the guest that is no TLS is withheld from there on', () => {
  const facts = taped(Buffer.concat([hello, Buffer.from('SECRET in plain')]), [], new OutgoingRedactor());
  assert.ok(kept(facts).equals(hello));
  assert.equal(withheld(facts).length, 1);
});

test('a release that comes back in on another leg is known again; what else comes in is kept', () => {
  const hashes = new WithheldHashes();
  taped(Buffer.concat([hello, flight, release]), [], new OutgoingRedactor(), hashes);
  fc.assert(
    fc.property(fc.array(fc.nat(400)), cuts => {
      const facts = taped(
        Buffer.concat([hello, flight, release, notify]),
        cuts,
        new IncomingRedactor(b => hashes.has(b)),
      );
      assert.ok(kept(facts).equals(Buffer.concat([hello, flight, release.subarray(0, 5), notify])));
      assert.deepEqual(
        withheld(facts).map(([, , hash]) => hash),
        [sha256(release.subarray(5))],
      );
    }),
  );
});

test('an encrypted record that comes in unfinished is withheld: it may be the beginning of a release', () => {
  const facts = taped(Buffer.concat([hello, release.subarray(0, -1)]), [7], new IncomingRedactor(() => false));
  assert.equal(kept(facts).includes('release'), false);
});

test('what comes in and is no TLS is kept', () => {
  const http = Buffer.from('GET / HTTP/1.1\r\n\r\n');
  for (const text of [http, Buffer.from('abc')]) {
    assert.ok(kept(taped(text, [2], new IncomingRedactor(() => true))).equals(text));
  }
});

test('beyond the cap length and hash of the rest are kept, in one fact', () => {
  const bytes = Buffer.alloc(TAPE_CAP_BYTES + 1000, 'x');
  const facts = taped(bytes, [1000, 70_000, TAPE_CAP_BYTES + 5], null);
  assert.equal(kept(facts).length, TAPE_CAP_BYTES);
  assert.deepEqual(withheld(facts), [[TAPE_CAP_BYTES, 1000, sha256(bytes.subarray(TAPE_CAP_BYTES)), 'cap']]);
  isWhole(facts, bytes.length);
});

test('no attacker makes one direction write more than was reserved for it', () => {
  const drip = Buffer.alloc(TAPE_CAP_BYTES + 10, 'x');
  const tiny = Buffer.concat(Array.from({ length: 20_000 }, () => record(23, 'x')));
  for (const [bytes, redactor] of [
    [drip, null],
    [tiny, new OutgoingRedactor()],
    [tiny, new IncomingRedactor(() => true)],
  ] as const) {
    const facts = taped(
      bytes,
      Array.from(bytes, (_, n) => n),
      redactor,
    );
    isWhole(facts, bytes.length);
    const lines = facts.reduce(
      (sum, fact) => sum + JSON.stringify({ ...fact, t: 1_700_000_000_000_000 }).length + 10,
      0,
    );
    assert.ok(lines <= TAPE_SPOOL_BYTES, `${lines} of ${TAPE_SPOOL_BYTES}`);
  }
});
