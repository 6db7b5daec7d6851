import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLASSIFIER } from './classifier.ts';

test('the rules have a version and a hash that stays', () => {
  assert.equal(CLASSIFIER.version, 1);
  assert.match(CLASSIFIER.sha256, /^[0-9a-f]{64}$/);
  assert.equal(CLASSIFIER.sha256, CLASSIFIER.sha256);
  assert.deepEqual(Object.keys({ ...CLASSIFIER }), ['version', 'sha256']);
});
