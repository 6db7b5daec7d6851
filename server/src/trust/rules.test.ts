import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RULES } from './rules.ts';
import { readTerms } from './terms.ts';

const ROOT = join(import.meta.dirname, '../../..');
const NUMBERS: Readonly<Record<string, number>> = { ninety: 90, thirty: 30 };

test('the terms, the rules and SECURITY.md name the same days', () => {
  const { days } = RULES.embargo;
  const told = [...readTerms().text.matchAll(/(\w+) days/g)].map(([, word = '']) => NUMBERS[word]);
  assert.deepEqual(told, [30, days]);
  assert.match(readFileSync(join(ROOT, 'SECURITY.md'), 'utf8'), new RegExp(`keep details for ${days} days`));
});

test('every rule has an id of its own', () => {
  for (const rules of [RULES.inScope, RULES.outOfScope, RULES.claim])
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
});
