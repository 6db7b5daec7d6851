import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts, traits } from '../fixtures/campaigns.ts';
import { CampaignWindow } from './campaign-window.ts';
import { Lru } from './lru.ts';
import { RecentSet, SlidingCount } from './sliding.ts';

const MINUTE_US = 60_000_000;

test('an attempt that is told again counts once, and is judged as it was', () => {
  const window = new CampaignWindow();
  const [fact] = facts(1, { classes: ['A13_garbage'], hello: traits() });
  assert.ok(fact);
  for (let again = 0; again < 30; again++) assert.deepEqual(window.take(fact), []);
  const [second] = facts(1, { id: 'second', hello: traits() });
  assert.ok(second);
  const judged = window.take(second);
  assert.deepEqual(
    judged.map(({ id }) => id),
    ['F07_hello_replay'],
  );
  window.take(fact);
  assert.deepEqual(window.take(second), judged);
});

test('built again from the same attempts a window is the same', () => {
  const told = facts(
    40,
    {},
    { sources: 3, each: index => ({ hello: traits({ ciphers: `${index % 20}`, sha256: `${index % 9}` }) }) },
  );
  const [first, second] = [new CampaignWindow(), new CampaignWindow()];
  const judged = told.map(fact => first.take(fact));
  assert.deepEqual(
    told.map(fact => second.take(fact)),
    judged,
  );
  assert.ok(judged.flat().length > 20);
});

test('a count slides: what is older than its span is forgotten, what comes late counts as now', () => {
  const count = new SlidingCount(MINUTE_US);
  for (let second = 0; second < 59; second++) count.add(100 * MINUTE_US + second * 1_000_000);
  assert.equal(count.add(101 * MINUTE_US), 60);
  assert.equal(count.add(101 * MINUTE_US + MINUTE_US / 2), 2 + 29);
  assert.equal(count.add(100 * MINUTE_US), 3 + 59);
  assert.equal(count.add(200 * MINUTE_US), 1);
});

test('a set of recent things forgets the old, and never holds more than it may', () => {
  const set = new RecentSet(MINUTE_US, 3);
  assert.deepEqual(
    ['a', 'b', 'a', 'c', 'd'].map((key, index) => set.add(key, index)),
    [1, 2, 2, 3, 3],
  );
  assert.equal(set.add('e', 2 * MINUTE_US), 1);
});

test('the least recently used goes first', () => {
  const lru = new Lru<string, number>(2);
  lru.set('a', 1);
  lru.set('b', 2);
  lru.get('a');
  lru.set('c', 3);
  assert.deepEqual([lru.get('a'), lru.get('b'), lru.get('c'), lru.size], [1, undefined, 3, 2]);
});
