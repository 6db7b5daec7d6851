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

test('forgets the oldest, and says from where on it is complete', () => {
  const ring = new Ring(3, 0);
  ring.add(rows(1, 2, 3), 3);
  ring.add(rows(4, 6), 6);
  assert.deepEqual(changesAfter(ring, 0), [3, 4, 6]);
  assert.deepEqual(
    [1, 2, 6, 7].map(change => ring.covers(change)),
    [false, true, true, false],
  );
});
