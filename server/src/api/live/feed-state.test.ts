import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feedStateOf } from './feed-state.ts';

const NOW_US = Date.UTC(2026, 10, 24, 12) * 1000;
const ago = (seconds: number) => NOW_US - seconds * 1e6;
const timeAgo = (seconds: number) => new Date(ago(seconds) / 1000).toISOString();
const beats = (ages: Record<string, number>) =>
  Object.entries(ages).map(([name, seconds]) => ({ name, beat_us: ago(seconds) }));

test('live while everything is read within seconds', () => {
  const completeUntil = timeAgo(5);
  assert.deepEqual(feedStateOf(completeUntil, [], true, NOW_US), { state: 'live', because: null, completeUntil });
});

test('delayed says who is silent: ingest before those whose beats it passes on', () => {
  const because = (ages: Record<string, number>) => feedStateOf(timeAgo(20), beats(ages), true, NOW_US);
  assert.equal(because({ gateway: 20, ingest: 1, supervisor: 2 }).because, 'gateway');
  assert.equal(because({ gateway: 21, ingest: 20, supervisor: 20 }).because, 'ingest');
  // What was lost on the way is nobody's silence.
  assert.deepEqual(because({ gateway: 1, ingest: 1 }), { state: 'delayed', because: null, completeUntil: timeAgo(20) });
});

test('before the first fact nothing is known to be live', () => {
  assert.deepEqual(feedStateOf(null, [], true, NOW_US), { state: 'delayed', because: null, completeUntil: null });
});

test('down while the database does not answer, however new the last answer is', () => {
  const completeUntil = timeAgo(1);
  assert.deepEqual(feedStateOf(completeUntil, beats({ ingest: 1 }), false, NOW_US), {
    state: 'down',
    because: 'database',
    completeUntil,
  });
});
