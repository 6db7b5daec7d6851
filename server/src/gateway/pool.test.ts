import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Refused } from '../wire/facts.ts';
import { Pool } from './pool.ts';
import { Refusals } from './refusals.ts';
import { TokenBuckets } from './token-buckets.ts';

const LIMITS = { perAddress: 2, ratePerMinute: 100, server: 4, client: 1, total: 4 };

test('caps per address, per role and in all hold, and what leaves makes room', () => {
  const pool = new Pool(LIMITS, () => 0);
  assert.equal(pool.enter('a', 'server'), 'admitted');
  assert.equal(pool.enter('a', 'client'), 'admitted');
  assert.equal(pool.enter('a', 'server'), 'limited', 'per address');
  assert.equal(pool.enter('b', 'client'), 'limited', 'per role');
  assert.equal(pool.enter('b', 'server'), 'admitted');
  assert.equal(pool.enter('c', 'server'), 'admitted');
  assert.equal(pool.enter('d', 'server'), 'limited', 'in all');
  pool.leave('a', 'client');
  assert.equal(pool.enter('d', 'client'), 'admitted');
});

test('the rate counts every connection of the minute, and starts anew with the next', () => {
  let now = 0;
  const pool = new Pool({ ...LIMITS, ratePerMinute: 3 }, () => now);
  const answers = ['a', 'a', 'a', 'a', 'b'].map(address => pool.enter(address, 'server'));
  assert.deepEqual(answers, ['admitted', 'admitted', 'limited', 'refused', 'admitted']);
  now = 60_000;
  assert.equal(pool.enter('a', 'server'), 'limited');
});

test('refusals are summed per address, target, channel and minute', t => {
  const facts: Refused[] = [];
  let now = 59_000_000;
  const refusals = new Refusals(
    fact => facts.push(fact),
    () => now,
  );
  t.after(() => refusals.stop());
  for (const ip of ['a', 'a', 'b']) refusals.count('prize', 'server', ip);
  now = 61_000_000;
  refusals.count('prize', 'server', 'a');
  refusals.flush();
  assert.deepEqual(
    facts.map(({ minute, ip, count }) => [minute, ip, count]),
    [
      [0, 'a', 2],
      [0, 'b', 1],
      [60_000_000, 'a', 1],
    ],
  );
});

test('a bucket gives its capacity at once, then one per refill', () => {
  let now = 0;
  const buckets = new TokenBuckets(2, 1000, 10, () => now);
  assert.deepEqual(
    [buckets.take('a'), buckets.take('a'), buckets.take('a'), buckets.take('b')],
    [true, true, false, true],
  );
  now = 1000;
  assert.deepEqual([buckets.take('a'), buckets.take('a')], [true, false]);
  now = 100_000;
  for (let n = 0; n < 100; n++) assert.equal(buckets.take(`key ${n}`), true);
});
