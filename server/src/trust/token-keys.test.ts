import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TokenKeys } from './token-keys.ts';

const HOUR_MS = 3_600_000;
const NOON_MS = Date.UTC(2026, 10, 24, 12);

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-keys-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'token-keys');
}

test('a day has one key, also after a restart; the next day has another', t => {
  const folder = folderOf(t);
  const keys = new TokenKeys(folder);
  const today = Buffer.from(keys.keyOf(NOON_MS, NOON_MS));
  assert.deepEqual(Buffer.from(keys.keyOf(NOON_MS + 11 * HOUR_MS, NOON_MS)), today);
  assert.notDeepEqual(Buffer.from(keys.keyOf(NOON_MS + 12 * HOUR_MS, NOON_MS)), today);
  assert.deepEqual(Buffer.from(new TokenKeys(folder).keyOf(NOON_MS, NOON_MS + HOUR_MS)), today);
});

test('key files are readable to their owner alone', t => {
  const folder = folderOf(t);
  new TokenKeys(folder).keyOf(NOON_MS, NOON_MS);
  const modes = readdirSync(folder).map(file => statSync(join(folder, file)).mode & 0o777);
  assert.deepEqual(modes, [0o600]);
});

test('a key is destroyed 48 h after it was made, not before', t => {
  const folder = folderOf(t);
  const keys = new TokenKeys(folder);
  const before = Buffer.from(keys.keyOf(NOON_MS, NOON_MS));
  assert.deepEqual(keys.destroyOld(NOON_MS + 48 * HOUR_MS - 1), []);
  assert.deepEqual(keys.destroyOld(NOON_MS + 48 * HOUR_MS), ['2026-11-24']);
  assert.deepEqual(readdirSync(folder), []);
  assert.notDeepEqual(Buffer.from(keys.keyOf(NOON_MS, NOON_MS + 49 * HOUR_MS)), before);
});
