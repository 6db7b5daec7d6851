import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimTagOf, claimTagOfToken, isClaimToken } from '../../../server/src/trust/claim-tag.ts';
import { claimOf, fineTime, isToken, newClaim } from './claim.ts';

test('a claim made in the browser is one that the service opens', async () => {
  const { token, tag, serverName } = await newClaim();
  assert.ok(isClaimToken(token) && isToken(token));
  assert.equal(tag, claimTagOfToken(token));
  assert.equal(claimTagOf(serverName), tag);
  assert.deepEqual(await claimOf(token.toUpperCase()), { token, tag, serverName });
  assert.notEqual((await newClaim()).token, token);
});

test('what cannot be a token is not taken for one', () => {
  for (const text of ['', 'ab', 'g'.repeat(64), `${'a'.repeat(64)} `]) assert.equal(isToken(text), false, text);
});

test('times keep their microseconds', () => {
  assert.equal(fineTime(1_795_515_802_000_042), '2026-11-24T10:23:22.000042Z');
});
