import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimName, claimTagOf, claimTagOfToken, isClaimToken, newClaimToken } from './claim-tag.ts';

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

/** `printf %s $(printf '0%.0s' $(seq 64)) | sha256sum` */
const ZEROS = {
  token: '0'.repeat(64),
  tag: '60e05bd1b195af2f94112fa7197a5c88289058840ce7c6df9693756bc6250f55'.slice(0, 40),
};

test('a token opens the tag that is the beginning of its SHA-256', () => {
  assert.equal(claimTagOfToken(ZEROS.token), ZEROS.tag);
  assert.equal(claimTagOf(claimName(claimTagOfToken(ZEROS.token))), ZEROS.tag);
});

test('a new token is 64 hex digits, and never the same', () => {
  const tokens = Array.from({ length: 8 }, () => newClaimToken());
  assert.ok(tokens.every(isClaimToken));
  assert.equal(new Set(tokens).size, 8);
  for (const text of ['', 'ab', ZEROS.token.slice(1), `${ZEROS.token}0`, 'G'.repeat(64), `${ZEROS.token}\n`]) {
    assert.equal(isClaimToken(text), false, JSON.stringify(text));
  }
});
