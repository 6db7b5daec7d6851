import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PinataError } from '../errors.ts';
import { makeSecretFile, readSecretFile } from './secret-file.ts';
import { xOnly } from './secret-key.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const _bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const _ascii = (text: string) => Uint8Array.from(Buffer.from(text));

// BIP-386 "Test Vectors": one key as WIF and as x-only internal key, with the script of its output.
const BIP386_WIF = 'L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1';
const BIP386_INTERNAL = 'a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd';
const _BIP386_OUTPUT = '77aab6e066f8a7419c5ab714c12c67d25007ed55a43cadcacb4d7a970a093f11';

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
