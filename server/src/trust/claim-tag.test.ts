import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimTagOf } from './claim-tag.ts';

const TAG = '0123456789abcdef0123456789abcdef01234567';

test('a claim tag is read from the server name, in any case', () => {
  assert.equal(claimTagOf(`h-${TAG}.pinata`), TAG);
  assert.equal(claimTagOf(`H-${TAG.toUpperCase()}.PINATA`), TAG);
});

test('any other name has none', () => {
  for (const name of [
    null,
    '',
    'pinata',
    `h-${TAG}`,
    `h-${TAG}0.pinata`,
    `h-${TAG.slice(1)}.pinata`,
    `xh-${TAG}.pinata`,
  ]) {
    assert.equal(claimTagOf(name), null, String(name));
  }
});
