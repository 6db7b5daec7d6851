import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PinataError } from '../errors.ts';
import { BIP386_INTERNAL, BIP386_WIF, hex } from './bip386.fixture.ts';
import { makeSecretFile, readSecretFile } from './secret-file.ts';
import { xOnly } from './secret-key.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'pinata-keys-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

function code(expected: string) {
  return (error: unknown) => error instanceof PinataError && error.code === expected;
}

test('a demo secret is made once, for its owner alone, and read back', t => {
  const path = join(folder(t), 'prize.key');
  assert.equal(makeSecretFile(path), true);
  const key = readSecretFile(path, 'mainnet');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(makeSecretFile(path), false);
  assert.deepEqual(readSecretFile(path, 'mainnet'), key);
});

test('a secret file that is missing, open to others, too long or wrong has its own error', t => {
  const path = join(folder(t), 'given.key');
  assert.throws(() => readSecretFile(path, 'mainnet'), code('SECRET_MISSING'));
  writeFileSync(path, BIP386_WIF, { mode: 0o600 });
  assert.equal(hex(xOnly(readSecretFile(path, 'mainnet'))), BIP386_INTERNAL);
  chmodSync(path, 0o640);
  assert.throws(() => readSecretFile(path, 'mainnet'), code('SECRET_UNSAFE'));
  chmodSync(path, 0o400);
  assert.equal(hex(xOnly(readSecretFile(path, 'mainnet'))), BIP386_INTERNAL);
  chmodSync(path, 0o600);
  writeFileSync(path, 'x'.repeat(600));
  assert.throws(() => readSecretFile(path, 'mainnet'), code('SECRET_UNSAFE'));
  writeFileSync(path, 'nonsense');
  assert.throws(() => readSecretFile(path, 'mainnet'), code('SECRET_INVALID'));
  assert.throws(() => readSecretFile(join(path, '..'), 'mainnet'), code('SECRET_UNSAFE'));
});
