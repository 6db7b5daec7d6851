import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Closed, Direction, Ended, GuestRole } from '../wire/facts.ts';
import { OUTCOMES } from '../wire/outcomes.ts';
import { conclude } from './conclude.ts';
import { evidenceOf, type Told } from './testing/evidence.ts';

const code = fc.nat(255);
const words = fc.string({ unit: 'binary', maxLength: 200 });

/** Events in any order, with any words: a guest that has gone mad. */
const told: fc.Arbitrary<Told> = fc.oneof(
  fc.constantFrom<Told>({ kind: 'accepted', port: 10000 }, { kind: 'client_hello' }, { kind: 'hello_retry' }),
  fc.constantFrom<Told>({ kind: 'server_flight' }, { kind: 'chain_ok' }, { kind: 'possession_ok', scheme: 0x0403 }),
  fc.constantFrom<Told>({ kind: 'finished', suite: 0, group: 0 }, { kind: 'released', bytes: 1, peerIsSelf: true }),
  fc.constantFrom<Told>({ kind: 'certificate', chain: ['xx', 'MAA='], sha256: '', count: 2 }),
  fc.constantFrom('peer', 'guest', 'reset', 'timeout').map(by => ({ kind: 'closed', by }) as const),
  code.map(c => ({ kind: 'alert_sent', code: c }) as const),
  code.map(c => ({ kind: 'alert_received', code: c }) as const),
  words.map(reason => ({ kind: 'chain_rejected', reason }) as const),
  words.map(reason => ({ kind: 'possession_rejected', scheme: 0, reason }) as const),
  words.map(what => ({ kind: 'tls_error', what }) as const),
  words.map(which => ({ kind: 'limit', which }) as const),
);

const closed = fc.record({
  end: fc.constantFrom<Closed['end']>(
    'done',
    'idle_timeout',
    'gateway_limited',
    'evicted',
    'backend_unavailable',
    'shutdown',
  ),
  by: fc.constantFrom<Closed['by']>('peer', 'guest', 'gateway'),
  how: fc.constantFrom<Closed['how']>('fin', 'rst', 'timeout'),
});

const story = fc.record({
  prize: fc.boolean(),
  guestRole: fc.constantFrom<GuestRole>('server', 'client'),
  wire: fc.array(fc.tuple(fc.constantFrom<Direction>('in', 'out'), fc.uint8Array({ maxLength: 60 })), { maxLength: 6 }),
  guest: fc.array(told, { maxLength: 12 }),
  close: fc.option(closed),
  dialled: fc.boolean(),
  bootEnd: fc.option(fc.constantFrom<Ended['reason']>('crash', 'planned', 'host')),
  releaseLikely: fc.boolean(),
  selfTest: fc.boolean(),
  ready: fc.option(fc.constant({ ca: 'xx', server: 'yy', client: 'zz' })),
});

test('whatever is told, there is one outcome, a depth and a confidence that fit together and into the record', () => {
  fc.assert(
    fc.property(story, given => {
      const found = conclude(evidenceOf(given));
      assert.ok(OUTCOMES.includes(found.outcome));
      assert.ok(found.depth >= 0 && found.depth <= 8);
      assert.ok(found.inferred ? found.confidence <= 0.8 : found.confidence === 1);
      assert.ok((found.guestError ?? '').length <= 128);
      assert.ok(found.alertsSent.length <= 16 && found.alertsReceived.length <= 16);
      assert.ok(found.classes.every(({ id, evidence }) => id.length <= 48 && evidence.length <= 128));
      assert.equal(found.primaryClass, found.classes[0]?.id ?? null);
    }),
    { numRuns: 2000 },
  );
});

test('a release that was told is never called anything else, and none is made up', () => {
  fc.assert(
    fc.property(story, given => {
      const toldSo = given.guest.some(({ kind }) => kind === 'released');
      const { outcome, depth } = conclude(evidenceOf(given));
      if (toldSo) assert.ok(outcome.startsWith('released') && depth === 8);
      if (!toldSo && !given.releaseLikely) assert.ok(!outcome.startsWith('released') && depth < 8);
    }),
    { numRuns: 2000 },
  );
});
