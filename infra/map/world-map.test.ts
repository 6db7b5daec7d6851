import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MAP_FILE, mapText } from './map-file.ts';
import { equalEarth, worldMap } from './world-map.ts';

test('the map of the dashboard is the one that its sources make', () => {
  assert.equal(readFileSync(MAP_FILE, 'utf8'), mapText(), 'run node infra/map/write-map.ts');
});

test('the projection puts the corners of the world where its authors do', () => {
  // Šavrič, Patterson and Jenny 2018: the equator is 2.05458 times as long as the meridian.
  const [halfWidth] = equalEarth([180, 0]);
  const [, halfHeight] = equalEarth([0, 90]);
  assert.ok(Math.abs(halfWidth / halfHeight - 2.05458) < 1e-5);
  assert.deepEqual(equalEarth([0, 0]), [0, 0]);
});

test('a country on both sides of the date line is drawn in one piece', () => {
  const { paths, width } = JSON.parse(mapText()) as { paths: Record<string, string>; width: number };
  for (const [code, path] of Object.entries(paths)) {
    const steps = [...path.matchAll(/(-?\d+)[ -]/g)].map(([, step]) => Math.abs(Number(step)));
    const starts = [...path.matchAll(/M(\d+) (\d+)/g)].flatMap(([, x, y]) => [Number(x), Number(y)]);
    assert.ok(
      starts.every(at => at >= 0 && at <= width),
      code,
    );
    assert.ok(
      steps.filter(step => !starts.includes(step)).every(step => step < width / 4),
      code,
    );
  }
});

test('shared borders are walked both ways, and a shape without a code is an error', () => {
  const square = (id: string, name: string, arcs: number[]) =>
    ({ type: 'Polygon', id, properties: { name }, arcs: [arcs] }) as const;
  const topology = {
    transform: { scale: [1, 1], translate: [0, 0] },
    arcs: [
      [
        [0, 0],
        [0, 20],
      ],
      [
        [0, 20],
        [20, 0],
        [0, -20],
        [-20, 0],
      ],
      [
        [0, 0],
        [-20, 0],
        [0, 20],
        [20, 0],
      ],
    ],
    objects: { countries: { geometries: [square('1', 'east', [0, 1]), square('2', 'west', [2, ~0])] } },
  } as const;
  const { paths } = worldMap(
    topology,
    new Map([
      ['1', 'EE'],
      ['2', 'WW'],
    ]),
  );
  assert.match(paths['EE'] ?? '', /^M469 \d+l1-\d+ \d+ 0 1 \d+-\d+ 0z$/);
  assert.match(paths['WW'] ?? '', /^M469 \d+l-\d+ 0 \d+-\d+ \d+ 0-1 \d+z$/);
  assert.throws(() => worldMap(topology, new Map([['1', 'EE']])), /west has no code/);
});
