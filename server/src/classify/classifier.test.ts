import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { CLASSIFIER, FOLDERS } from './classifier.ts';

test('the rules have a version and a hash that stays', () => {
  assert.equal(CLASSIFIER.version, 3);
  assert.match(CLASSIFIER.sha256, /^[0-9a-f]{64}$/);
  assert.equal(CLASSIFIER.sha256, CLASSIFIER.sha256);
  assert.deepEqual(Object.keys({ ...CLASSIFIER }), ['version', 'sha256']);
});

test('no folder of rules is left out of the hash', () => {
  const beside = new Set(['testing', 'fixtures']);
  for (const parent of ['../tls/', './']) {
    const entries = readdirSync(new URL(parent, import.meta.url), { withFileTypes: true });
    const folders = entries.filter(entry => entry.isDirectory() && !beside.has(entry.name)).map(({ name }) => name);
    for (const name of folders) assert.ok(FOLDERS.includes(`${parent}${name}/`), `${parent}${name}`);
    assert.ok(FOLDERS.includes(parent));
  }
});
