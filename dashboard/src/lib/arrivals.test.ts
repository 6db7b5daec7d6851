import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admit, arrivalsOf, LISTED_ROWS, offer, ROWS_A_SECOND, showAll, unseen } from './arrivals.ts';
import { listed } from './testing/listed.ts';

const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => listed({ seq: from + i }));
const seqs = (list: readonly { seq: number }[]) => list.map(({ seq }) => seq);

test('a flood comes in ten a second, the newest of them, and the rest is counted', () => {
  const flood = admit(offer(arrivalsOf(rows(1, 5)), rows(6, 52)));
  assert.deepEqual(seqs(flood.shown), [52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 5, 4, 3, 2, 1]);
  assert.equal(unseen(flood), 37);
  const calm = admit(offer(flood, rows(53, 54)));
  assert.deepEqual(seqs(calm.shown).slice(0, 3), [54, 53, 52]);
  assert.equal(unseen(calm), 37);
});

test('what was passed over comes in when asked for, in its place', () => {
  const all = showAll(admit(offer(arrivalsOf(rows(1, 5)), rows(6, 52))));
  assert.deepEqual(seqs(all.shown), seqs(rows(3, 52)).reverse());
  assert.equal(unseen(all), 0);
});

test('nothing is lost from the count while the list is held for hours', () => {
  let arrivals = arrivalsOf([]);
  for (let second = 0; second < 500; second++) arrivals = offer(arrivals, rows(1 + second * 10, 10 + second * 10));
  assert.equal(unseen(arrivals), 5000);
  assert.ok(arrivals.waiting.length <= LISTED_ROWS);
  assert.equal(admit(arrivals).shown.length, ROWS_A_SECOND);
  assert.equal(unseen(admit(arrivals)), 4990);
});

test('a revision renews its row where it stands, also one that waits; an older one never does', () => {
  const start = offer(arrivalsOf(rows(1, 3)), rows(4, 4));
  const revised = offer(start, [listed({ seq: 2, change: 9, depth: 5 }), listed({ seq: 4, change: 8, depth: 6 })]);
  assert.deepEqual(seqs(revised.shown), [3, 2, 1]);
  assert.equal(revised.shown[1]?.depth, 5);
  assert.equal(revised.waiting[0]?.depth, 6);
  assert.equal(unseen(revised), 1);
  assert.equal(offer(revised, [listed({ seq: 2, change: 7, depth: 0 })]).shown[1]?.depth, 5);
});

test('the list stays as long as it may be, and what is older than all of it does not come in', () => {
  const full = arrivalsOf(rows(101, 100 + LISTED_ROWS));
  assert.equal(unseen(offer(full, [listed({ seq: 100 })])), 0);
  assert.equal(admit(offer(full, rows(200, 203))).shown.length, LISTED_ROWS);
});
