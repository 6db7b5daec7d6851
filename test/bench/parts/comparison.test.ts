import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparisonLine } from './comparison.ts';

const words = (line: string) => line.trim().split(/\s{2,}/);

test('a line has our figure, the other one, their ratio and whether the goal is met', () => {
  const line = comparisonLine({ name: 'per second', ours: 300, other: 25, goal: { atLeast: 300, ratioAtLeast: 12 } });
  assert.deepEqual(words(line), ['per second', '300', '25', '12.0', 'met (goal ≥ 300, ≥ 12 ×)']);
});

test('a goal is met only if all of it is', () => {
  const goal = { atLeast: 300, ratioAtLeast: 12 };
  assert.match(comparisonLine({ name: 'a', ours: 299, other: 10, goal }), /NOT MET/);
  assert.match(comparisonLine({ name: 'a', ours: 300, other: 26, goal }), /NOT MET/);
  assert.match(comparisonLine({ name: 'a', ours: 61, goal: { atMost: 60, unit: 'ms' } }), /NOT MET \(goal ≤ 60 ms\)/);
  assert.match(comparisonLine({ name: 'a', ours: 60, goal: { atMost: 60 } }), /[^T] met \(goal ≤ 60\)/);
});

test('without the other figure the ratio is not judged', () => {
  const line = comparisonLine({ name: 'a', ours: 300, other: null, goal: { atLeast: 300, ratioAtLeast: 12 } });
  assert.deepEqual(words(line), ['a', '300', 'met (goal ≥ 300)']);
});

test('a figure that could not be taken meets no goal', () => {
  assert.match(comparisonLine({ name: 'a', ours: Number.NaN, goal: { atMost: 60 } }), /NOT MET/);
});

test('there is no ratio to nothing', () => {
  assert.deepEqual(words(comparisonLine({ name: 'failed', ours: 0, other: 0 })), ['failed', '0', '0']);
});
