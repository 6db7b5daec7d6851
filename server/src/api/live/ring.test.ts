import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt } from '../testing/listed.ts';
import { Ring } from './ring.ts';

const rows = (...changes: number[]) => changes.map(change => attempt({ change }));
const changesAfter = (ring: Ring, after: number) => ring.after(after).map(({ change }) => change);

test('gives the rows after a change', () => {
  const ring = new Ring(10, 0);
  ring.add(rows(1, 2, 4), 5);
  assert.deepEqual(
    [0, 1, 3, 4, 5].map(after => changesAfter(ring, after)),
    [[1, 2, 4], [2, 4], [4], [], []],
  );
  assert.equal(ring.cursor, 5);
});

test('forgets the oldest rows, and covers what this log has come to', () => {
  const ring = new Ring(2, 10);
  ring.add([attempt({ change: 11 }), attempt({ change: 12 }), attempt({ change: 13 })], 15);
  assert.deepEqual(
    ring.after(0).map(({ change }) => change),
    [12, 13],
  );
  assert.deepEqual([ring.covers(0), ring.covers(15), ring.covers(16)], [true, true, false]);
});
