import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SETTINGS } from '../../server/src/config.ts';
import { fillTables } from './operations-tables.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');

test('the page lists every setting and error as it is in the code', () => {
  assert.ok(page === fillTables(page), 'run: node infra/docs/write-operations.ts');
});

test('a table that is out of date is replaced as a whole, and nothing else', () => {
  const stale = page.replace('| `PINATA_DATA` ', '| `PINATA_OLD` ').replace(/\n\| `PINATA_HOST`.*/, '');
  assert.notEqual(stale, page);
  assert.ok(fillTables(stale) === page);
  for (const name of Object.keys(SETTINGS)) assert.ok(page.includes(`| \`${name}\` `), name);
});
