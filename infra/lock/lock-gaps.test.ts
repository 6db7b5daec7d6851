import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { completeLock, type Lock, lockGaps } from './lock-gaps.ts';

const root = join(import.meta.dirname, '../..');

test('the committed lock is complete, so that npm ci accepts it', () => {
  const lock: Lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  assert.deepEqual(lockGaps(lock), [], 'run: node infra/lock/complete-lock.ts');
});

test('a gap is found where no node_modules above the asker provides the package', () => {
  const packages = {
    '': {},
    'node_modules/a': { optionalDependencies: { 'a-darwin-arm64': '^1.2.3', shared: '1' } },
    'node_modules/b': { optionalDependencies: { inner: '1' } },
    'node_modules/b/node_modules/inner': {},
    'node_modules/shared': {},
  };
  assert.deepEqual(lockGaps({ packages }), [{ name: 'a-darwin-arm64', version: '1.2.3', asker: 'node_modules/a' }]);
});

test('a completed lock has no gap, and its new entries are for other platforms only', () => {
  const packages = { 'node_modules/a': { dev: true, optionalDependencies: { 'a-linux-x64-musl': '2.0.0' } } };
  const { completed, added } = completeLock({ packages });
  assert.deepEqual(added, ['a-linux-x64-musl']);
  assert.deepEqual(completed.packages['node_modules/a-linux-x64-musl'], {
    version: '2.0.0',
    cpu: ['x64'],
    dev: true,
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
  assert.deepEqual(lockGaps(completed), []);
});

test('a gap for our own platform is refused: it would be installed unchecked', () => {
  const packages = { 'node_modules/a': { optionalDependencies: { 'a-linux-x64': '2.0.0' } } };
  assert.throws(() => completeLock({ packages }), RangeError);
});
