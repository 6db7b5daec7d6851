import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GuestRole, Refused } from '../wire/facts.ts';
import type { Origin } from './address.ts';
import { Pool, type PoolLimits, type Stay } from './pool.ts';
import { RateCounter } from './rate-counter.ts';
import { Refusals } from './refusals.ts';
import { TokenBuckets } from './token-buckets.ts';

const GRACE_MS = 1000;
const LIMITS: PoolLimits = {
  ...{ perAddress: 2, perNetwork: 3, ratePerMinute: 100 },
  ...{ server: 4, client: 1, total: 4, graceMs: GRACE_MS },
};
const MANY: PoolLimits = { ...LIMITS, perAddress: 100, perNetwork: 100 };

/** An address of a network; each of another one unless it says. */
const from = (address: string, network = address) => ({ address, network });

/** Enters or fails the test. */
function admitted(pool: Pool, origin: Origin, role: GuestRole = 'server'): Stay {
  const stay = pool.enter(origin, role);
  assert.ok(typeof stay === 'object', `${origin.address} is ${String(stay)}`);
  return stay;
}

/** Enters as somebody who is silent; tells when they had to go. */
function silent(pool: Pool, origin: Origin): { isGone: () => boolean; stay: Stay } {
  const stay = admitted(pool, origin);
  let isGone = false;
  stay.listen(() => {
    isGone = true;
    stay.leave();
  });
  return { isGone: () => isGone, stay };
}

test('caps per address, per role and in all hold, and what leaves makes room', () => {
  const pool = new Pool(LIMITS, () => 0);
  admitted(pool, from('a'));
  const client = admitted(pool, from('a'), 'client');
  assert.equal(pool.enter(from('a'), 'server'), 'limited', 'per address');
  assert.equal(pool.enter(from('b'), 'client'), 'limited', 'per role');
  admitted(pool, from('b'));
  admitted(pool, from('c'));
  assert.equal(pool.enter(from('d'), 'server'), 'limited', 'in all');
  client.leave();
  client.leave();
  admitted(pool, from('d'), 'client');
  assert.equal(pool.enter(from('e'), 'server'), 'limited', 'leaving twice makes room once');
});

test('a network has a cap of its own, however many addresses it has', () => {
  const pool = new Pool(LIMITS, () => 0);
  const first = admitted(pool, from('a', 'net'));
  admitted(pool, from('b', 'net'));
  admitted(pool, from('c', 'net'));
  assert.equal(pool.enter(from('d', 'net'), 'server'), 'limited');
  admitted(pool, from('e', 'other'));
  first.leave();
  admitted(pool, from('d', 'net'));
});

test('when all is full whoever is silent for long gives way, the oldest of the largest network first', () => {
  let now = 0;
  const pool = new Pool(MANY, () => now);
  const alone = silent(pool, from('a', 'small'));
  const older = silent(pool, from('b', 'large'));
  const newer = silent(pool, from('c', 'large'));
  admitted(pool, from('d', 'speaks'));
  now = GRACE_MS - 1;
  assert.equal(pool.enter(from('e', 'small'), 'server'), 'limited', 'all are new, and its network has hardly less');
  now = GRACE_MS;
  silent(pool, from('e', 'small'));
  assert.deepEqual([alone.isGone(), older.isGone(), newer.isGone()], [false, true, false]);
});

test('a network that has two more gives way at once', () => {
  const pool = new Pool(MANY, () => 0);
  const [first, second] = ['a', 'b', 'c', 'd'].map(address => silent(pool, from(address, 'large')));
  admitted(pool, from('e', 'other'), 'client');
  admitted(pool, from('f', 'another'));
  assert.deepEqual([first?.isGone(), second?.isGone()], [true, true]);
  assert.equal(pool.enter(from('g', 'another'), 'server'), 'limited', 'two against one');
});

test('who has spoken does not give way, nor who was never silent', () => {
  let now = 0;
  const pool = new Pool(MANY, () => now);
  const people = ['a', 'b', 'c', 'd'].map(address => silent(pool, from(address)));
  for (const { stay } of people) stay.spoke();
  now = 10 * GRACE_MS;
  assert.equal(pool.enter(from('e'), 'server'), 'limited');
  assert.ok(people.every(({ isGone }) => !isGone()));
});

test('the client role has its own cap, whoever is silent in the other', () => {
  const pool = new Pool({ ...MANY, total: 100 }, () => 0);
  for (const address of ['a', 'b', 'c']) silent(pool, from(address, 'large'));
  admitted(pool, from('d'), 'client');
  assert.equal(pool.enter(from('e'), 'client'), 'limited');
});

test('the rate counts every connection of the minute, and starts anew with the next', () => {
  let now = 0;
  const pool = new Pool({ ...LIMITS, ratePerMinute: 3 }, () => now);
  const answers = ['a', 'a', 'a', 'a', 'b'].map(address => {
    const admission = pool.enter(from(address), 'server');
    return typeof admission === 'object' ? 'admitted' : admission;
  });
  assert.deepEqual(answers, ['admitted', 'admitted', 'limited', 'refused', 'admitted']);
  now = 60_000;
  assert.equal(pool.enter(from('a'), 'server'), 'limited');
});

test('of more addresses than can be kept the known ones stay rated', () => {
  const rates = new RateCounter(1, () => 0);
  for (let n = 0; n < 100_001; n++) assert.equal(rates.isWithin(`address ${n}`), true);
  assert.deepEqual([rates.isWithin('address 1'), rates.isWithin('address 100000')], [false, true]);
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
