import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BANDS, band, CENTRE, CONES, CORE_RADIUS, leader, radius, scraps, tornShare, VIEW } from './rings.ts';

const DEPTHS = Array.from({ length: BANDS }, (_, i) => i + 1);
const points = (path: string) =>
  [...path.matchAll(/(-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
const distances = (path: string) => points(path).map(([x, y]) => Math.hypot(x - CENTRE.x, y - CENTRE.y));

test('a band that nobody reached is whole, and each attempt more never mends one', () => {
  for (const depth of DEPTHS) {
    assert.equal(band(depth, 0).torn, 0);
    const torn = [0, 1, 10, 100, 1_000, 10_000, 1_000_000, 10_000_000].map(reached => band(depth, reached).torn);
    assert.deepEqual(
      torn,
      torn.toSorted((a, b) => a - b),
    );
    assert.ok((torn.at(-1) ?? 0) < band(depth, 0).strips, 'some paper is left');
  }
  assert.ok(band(1, 1).torn > 0, 'the first attempt shows');
  assert.equal(tornShare(10_000_000), tornShare(1_000_000));
});

test('the paper of a band stays in it: out to its edge, in to no more than the next', () => {
  for (const depth of DEPTHS) {
    const inner = depth < BANDS ? radius(depth + 1) : CORE_RADIUS;
    for (const reached of [0, 5_000, 10_000_000]) {
      const { light, dark, base } = band(depth, reached);
      for (const distance of distances(light + dark))
        assert.ok(distance <= radius(depth) + 3 && distance > inner - 1, `${depth}: ${distance}`);
      assert.ok(base > inner && base < radius(depth));
    }
  }
});

test('a torn strip keeps its place: what is torn at few attempts is torn at more', () => {
  const strips = (reached: number) => new Set((band(2, reached).light + band(2, reached).dark).split(/(?=M)/));
  const [few, many] = [strips(10), strips(10_000)];
  const whole = strips(0);
  const rags = [...few].filter(path => !whole.has(path));
  assert.ok(rags.length > 0 && rags.every(path => many.has(path)));
});

test('everything is drawn inside the view, seven cones with it', () => {
  assert.equal(CONES.length, BANDS);
  const heap = scraps(DEPTHS.map(depth => band(depth, 1_000_000).torn));
  assert.ok(heap.length > 20 && heap.length <= 44);
  assert.deepEqual(scraps(DEPTHS.map(() => 0)), []);
  const absolute = [...CONES.flatMap(({ outline, ruffles }) => [outline, ...ruffles])];
  for (const [x, y] of absolute.flatMap(points)) assert.ok(x > 0 && x < VIEW.width && y > 0 && y < VIEW.height);
});

test('each label has a line of its own, from its own band', () => {
  const labels = [...DEPTHS, 8].map(leader);
  assert.equal(new Set(labels.map(({ labelY }) => labelY)).size, 8);
  for (const [i, { x, y, labelY }] of labels.entries()) {
    const distance = Math.hypot(x - CENTRE.x, y - CENTRE.y);
    const [outer, inner] = i < BANDS ? [radius(i + 1), i + 2 <= BANDS ? radius(i + 2) : CORE_RADIUS] : [CORE_RADIUS, 0];
    assert.ok(distance < outer && distance > inner - 0.1, `depth ${i + 1}`);
    assert.ok(labelY < VIEW.height);
  }
});
