import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ROOT } from '../e2e/installation.ts';

const CLIENT = join(ROOT, 'dashboard/dist/client');
/** Bytes of JavaScript after gzip. */
const FIRST_LOAD_MAX = 45_000;
const WITH_CHART_AND_MAP_MAX = 120_000;

const read = (name: string) => readFileSync(join(CLIENT, 'assets', name), 'utf8');

/** A script and all that it imports before it runs. */
function loadedWith(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const [, imported] of read(name).matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g))
    if (imported) loadedWith(imported, seen);
  return seen;
}

const gzipped = (names: Iterable<string>) =>
  [...names].reduce((sum, name) => sum + gzipSync(read(name), { level: 9 }).length, 0);

/** Names of the files that a script fetches later, by the beginning of their name. */
function lazy(name: string, beginning: string): string {
  const [found] = [...read(name).matchAll(/["'](?:\.\/|assets\/)([\w.-]+\.js)["']/g)]
    .map(([, file]) => file ?? '')
    .filter(file => file.startsWith(`${beginning}-`));
  assert.ok(found, `${beginning} is not fetched lazily`);
  return found;
}

test('the JavaScript of the first load, and that with chart and map, stay small', () => {
  const html = readFileSync(join(CLIENT, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="\/assets\/([\w.-]+\.js)"/g)].map(([, name]) => name ?? '');
  assert.ok(scripts.length > 0);
  const first = new Set(scripts.flatMap(name => [...loadedWith(name)]));
  const [entry = ''] = scripts;
  const all = new Set(first);
  for (const part of ['Stack', 'WorldMap']) for (const name of loadedWith(lazy(entry, part))) all.add(name);
  assert.ok(all.size > first.size, 'chart and map are fetched when they are needed');
  assert.ok(gzipped(first) <= FIRST_LOAD_MAX, `first load: ${gzipped(first)} B of ${FIRST_LOAD_MAX}`);
  assert.ok(gzipped(all) <= WITH_CHART_AND_MAP_MAX, `with chart and map: ${gzipped(all)} B`);
});
