import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OUTCOMES } from '../wire/outcomes.ts';
import { alertWords, OUTCOME_WORDS } from './words.ts';

test('every outcome has one sentence of its own', () => {
  assert.deepEqual(Object.keys(OUTCOME_WORDS).sort(), [...OUTCOMES].sort());
  assert.equal(new Set(Object.values(OUTCOME_WORDS)).size, OUTCOMES.length);
  for (const sentence of Object.values(OUTCOME_WORDS)) assert.match(sentence, /^[A-Z].*\.$/);
});

test('alerts have the names of RFC 8446, and unknown codes are still words', () => {
  assert.equal(alertWords(48).name, 'unknown_ca');
  assert.equal(alertWords(116).name, 'certificate_required');
  assert.equal(alertWords(200).name, 'alert 200');
});
