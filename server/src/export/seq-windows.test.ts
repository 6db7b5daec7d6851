import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seqWindows } from './seq-windows.ts';

const DAY_US = 86_400_000_000;
const LAST = 60;

const days = fc
  .array(fc.tuple(fc.integer({ min: 1, max: LAST }), fc.nat(20)), { maxLength: 6 })
  .map(extents =>
    extents.map(([firstSeq, length], number) => ({ dayUs: number * DAY_US, firstSeq, lastSeq: firstSeq + length })),
  );
const bound = fc.option(fc.integer({ min: 0, max: LAST + 20 }), { nil: undefined });
const orders = fc.constantFrom('asc' as const, 'desc' as const);

test('windows are in order, never overlap, and hold each number of each day that is between the bounds', () => {
  fc.assert(
    fc.property(days, orders, bound, bound, fc.integer({ min: 1, max: 9 }), (some, order, after, before, span) => {
      const windows = [...seqWindows(some, order, { after, before }, span)];
      const seen = windows.flatMap(({ first, last, days: within }) => {
        const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
        return (order === 'asc' ? numbers : numbers.toReversed()).map(seq => ({ seq, within }));
      });
      const sorted = seen.map(({ seq }) => seq).toSorted((a, b) => (order === 'asc' ? a - b : b - a));
      assert.deepEqual(
        seen.map(({ seq }) => seq),
        sorted,
      );
      assert.equal(new Set(sorted).size, sorted.length);
      for (const day of some) {
        for (let seq = day.firstSeq; seq <= day.lastSeq; seq++) {
          if (seq <= (after ?? 0) || seq >= (before ?? Number.MAX_SAFE_INTEGER)) continue;
          assert.ok(seen.find(one => one.seq === seq)?.within.includes(day), `${seq}`);
        }
      }
      assert.ok(sorted.every(seq => seq > (after ?? 0) && seq < (before ?? Number.MAX_SAFE_INTEGER)));
    }),
  );
});

test('what no day reaches is skipped, however wide it is', () => {
  const far = [
    { dayUs: 0, firstSeq: 1, lastSeq: 10 },
    { dayUs: DAY_US, firstSeq: 900_000_000, lastSeq: 900_000_010 },
  ];
  const windows = [...seqWindows(far, 'desc', {})];
  assert.deepEqual(
    windows.map(({ days: within }) => within.map(({ dayUs }) => dayUs)),
    [[DAY_US], [0]],
  );
});
