import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OUTCOMES } from '../server/src/wire/outcomes.ts';
import type { Case } from './e2e/outcomes/case.ts';
import { outcomesDocument } from './e2e/outcomes/document.ts';
import { GUEST_AS_CLIENT } from './e2e/outcomes/guest-as-client.ts';
import { GUEST_AS_SERVER } from './e2e/outcomes/guest-as-server.ts';
import { OUTCOME_TABLE, type Shown } from './e2e/outcomes/table.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const CELLS = Object.entries(OUTCOME_TABLE).flatMap(([outcome, row]) =>
  Object.entries(row).map(([channel, cell]) => ({ outcome, channel, ...cell })),
);

test('every outcome has a cell for each channel', () => {
  assert.deepEqual(Object.keys(OUTCOME_TABLE).sort(), [...OUTCOMES].sort());
  assert.equal(CELLS.length, OUTCOMES.length * 3);
  for (const { why } of CELLS) assert.match(why, /^[A-Z].*\.$/);
});

test('each test that shows an outcome is there', () => {
  for (const { shown } of CELLS) if (shown) assert.ok(isWritten(shown), `${shown.file}: ${shown.title}`);
});

test('each case is of the outcome that it shows, and shows it', () => {
  const lists: [channel: string, cases: readonly Case[]][] = [
    ['server', GUEST_AS_SERVER],
    ['client', GUEST_AS_CLIENT],
    ['callback', GUEST_AS_CLIENT],
  ];
  for (const [channel, cases] of lists) {
    for (const { title, expected } of cases) {
      const cell = CELLS.find(one => one.channel === channel && one.shown?.title === title);
      assert.equal(cell?.outcome, expected.outcome, `${channel}: ${title}`);
    }
  }
});

test('docs/outcomes.md is what the table makes', () => {
  assert.equal(read('docs/outcomes.md'), outcomesDocument());
});

/** A title is in the source as text, quoted or as the fixed part of one that is made for several. */
function isWritten({ file, title }: Shown): boolean {
  return read(file).includes(title);
}
