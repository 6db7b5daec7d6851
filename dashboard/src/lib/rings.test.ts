import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CENTRE, CORE_RADIUS, frayedEdge, leader, radius } from './rings.ts';

const distances = (path: string) =>
  [...path.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => Math.hypot(Number(x) - CENTRE, Number(y) - CENTRE));

test('a band that nobody reached is whole, and one that was reached frays inwards only, never into the next band', () => {
  for (let depth = 1; depth <= 7; depth++) {
    const inner = depth < 7 ? radius(depth + 1) : CORE_RADIUS;
    for (const d of distances(frayedEdge(depth, 0))) assert.ok(Math.abs(d - radius(depth)) < 0.2);
    const frayed = distances(frayedEdge(depth, 10_000_000));
    assert.ok(frayed.some(d => d < radius(depth) - 1));
    assert.ok(frayed.every(d => d <= radius(depth) + 0.2 && d > inner));
  }
});

test('each label has a line of its own, from its own band', () => {
  const labels = Array.from({ length: 7 }, (_, i) => leader(i + 1));
  assert.equal(new Set(labels.map(label => label.labelY)).size, 7);
  for (const [i, label] of labels.entries()) assert.ok(Math.hypot(label.x - CENTRE, label.y - CENTRE) < radius(i + 1));
});
