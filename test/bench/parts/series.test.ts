import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadResult } from './load.ts';
import { Series } from './series.ts';

const round = (good: number, more: Partial<LoadResult> = {}): LoadResult => ({
  ...{ good, bad: 0, seconds: 2, medianMs: 20, slowestMs: 100, cpuSeconds: 0.1, errors: {}, suite: '' },
  ...more,
});

test('rates and processor times are medians of the rounds', () => {
  const series = new Series();
  series.add(round(10), 1);
  series.add(round(400), 1.2);
  series.add(round(300), 1.5);
  assert.equal(series.rate, 150);
  assert.equal(series.serverMs, 5);
  assert.equal(series.serverShare, 0.6);
});

test('no round hides a failure or a straggler', () => {
  const series = new Series();
  series.add(round(10, { bad: 2, errors: { timeout: 2 }, slowestMs: 30_000 }), 1);
  series.add(round(10, { bad: 1, errors: { timeout: 1 } }), 1);
  series.add(round(10), 1);
  assert.equal(series.slowestMs, 30_000);
  assert.equal(series.failed, 3);
  assert.equal(series.failures, 'timeout × 3');
});

test('failed attempts cost processor time too', () => {
  const series = new Series();
  series.add(round(50, { bad: 50, cpuSeconds: 0.2 }), 1);
  assert.equal(series.serverMs, 10);
  assert.equal(series.clientMs, 2);
});
