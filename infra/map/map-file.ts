import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { type Topology, worldMap } from './world-map.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Where the dashboard reads its map from. */
export const MAP_FILE = join(ROOT, 'dashboard/src/lib/world.json');

const packages = createRequire(join(ROOT, 'dashboard/package.json'));

/** The map as it is written: from Natural Earth's 1:110m countries (public domain), as world-atlas packs them. */
export function mapText(): string {
  const topology = readJson<Topology>('world-atlas/countries-110m.json');
  const codes = readJson<[alpha2: string, alpha3: string, numeric: string][]>('i18n-iso-countries/codes.json');
  const map = worldMap(topology, new Map(codes.map(([alpha2, , numeric]) => [numeric, alpha2])));
  return `${JSON.stringify(map, null, 2)}\n`;
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(packages.resolve(name), 'utf8')) as T;
}
