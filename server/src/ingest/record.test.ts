import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { sealRecord } from '../store/seal.ts';
import { AttemptRecord, RECORD_MAX_BYTES } from '../wire/record.ts';
import type { AttemptFacts } from './attempt-facts.ts';
import { composed, hostileFacts } from './testing/hostile.ts';
import type { GuestEventBody } from './testing/story.ts';

const place = { seq: Number.MAX_SAFE_INTEGER, revision: 1, change: Number.MAX_SAFE_INTEGER };

/** The record as it would be stored; fails unless it is valid, small, and fit for PostgreSQL. */
function stored(facts: AttemptFacts): AttemptRecord {
  const { record } = sealRecord(composed(facts).record, place);
  const text = JSON.stringify(record);
  const errors = [...Value.Errors(AttemptRecord, record)];
  assert.deepEqual(errors, []);
  assert.ok(Buffer.byteLength(text) <= RECORD_MAX_BYTES, `${Buffer.byteLength(text)} bytes`);
  assert.ok(!text.includes('\\u0000'), 'no NUL');
  assert.ok(!/\\ud[89a-f]/.test(text), 'no lone surrogate');
  return record;
}

test('a plain hello gives a whole record with nothing cut', () => {
  const record = stored(hostileFacts({ sni: 'pinata', alpn: ['h2', 'http/1.1'] }, [{ kind: 'alert_sent', code: 116 }]));
  assert.deepEqual(record.truncated, []);
  assert.deepEqual(record.hello?.alpn, ['h2', 'http/1.1']);
  assert.equal(record.hello?.sni, 'pinata');
  assert.equal(record.startedAt, '2026-11-24T12:00:00Z');
  assert.equal(record.durationUs, 100_000);
  assert.equal(record.offsets.firstByte, 2000);
  assert.equal(record.offsets.close, 100_000);
});

test('a hello with as much of everything as fits is cut to 8 KiB, and says what was cut', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => 0xf000 + index);
  const facts = hostileFacts(
    {
      ciphers: many(3000),
      groups: many(900),
      signatures: many(900),
      alpn: Array.from({ length: 40 }, () => '\u0001'.repeat(255)),
      sni: '\u0002'.repeat(255),
    },
    [{ kind: 'tls_error', what: '\u0000\ud800'.repeat(200) }],
  );
  const record = stored(facts);
  assert.ok(record.truncated.includes('hello.ciphers'));
  assert.ok((record.hello?.ciphers.length ?? 0) > 0);
});

test('what a guest tells may be odd, and the record stays valid', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  const bytes = fc.uint8Array({ maxLength: 400 }).map(value => Buffer.from(value).toString('base64'));
  const code = fc.oneof(fc.nat(255), fc.double());
  const event: fc.Arbitrary<GuestEventBody> = fc.oneof(
    fc.record({ kind: fc.constant('certificate' as const), chain: fc.array(bytes), sha256: bytes, count: fc.double() }),
    fc.record({ kind: fc.constant('chain_rejected' as const), reason: text }),
    fc.record({ kind: fc.constant('tls_error' as const), what: text }),
    fc.record({ kind: fc.constant('alert_sent' as const), code }),
    fc.record({ kind: fc.constant('alert_received' as const), code }),
    fc.record({ kind: fc.constant('session_tag' as const), tag: bytes }),
    fc.record({ kind: fc.constant('limit' as const), which: text }),
    fc.record({ kind: fc.constant('possession_rejected' as const), scheme: fc.double(), reason: text }),
  );
  const name = fc.uint8Array({ maxLength: 255 }).map(value => Buffer.from(value).toString('latin1'));
  fc.assert(
    fc.property(name, fc.array(name, { maxLength: 20 }), fc.array(event, { maxLength: 30 }), (sni, alpn, events) => {
      stored(hostileFacts({ sni, alpn }, events));
    }),
    { numRuns: 200 },
  );
});
