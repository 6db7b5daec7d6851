import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeWif, newSecretKey, parseSecretKey, SecretKeyError } from './secret-key.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const _bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const ascii = (text: string) => Uint8Array.from(Buffer.from(text));

// BIP-386 "Test Vectors": one key as WIF and as x-only internal key, with the script of its output.
const BIP386_WIF = 'L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1';
const BIP386_INTERNAL = 'a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd';
const _BIP386_OUTPUT = '77aab6e066f8a7419c5ab714c12c67d25007ed55a43cadcacb4d7a970a093f11';

test('hex and WIF of the same key are the same key', () => {
  fc.assert(
    fc.property(fc.constantFrom('mainnet', 'testnet', 'regtest'), network => {
      const key = newSecretKey();
      assert.deepEqual(parseSecretKey(ascii(` ${encodeWif(key, network)}\n`), network), key);
      assert.deepEqual(parseSecretKey(ascii(`${hex(key).toUpperCase()}\r\n`), network), key);
    }),
    { numRuns: 20 },
  );
});

test('a text that is no key is refused without being repeated', () => {
  const order = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141';
  const wrong = [
    '',
    'abc',
    order,
    '0'.repeat(64),
    'g'.repeat(64),
    `${BIP386_INTERNAL}00`,
    BIP386_WIF.replace('4', '5'),
  ];
  for (const text of wrong) {
    assert.throws(
      () => parseSecretKey(ascii(text), 'mainnet'),
      (error: unknown) => error instanceof SecretKeyError && (text === '' || !error.message.includes(text)),
    );
  }
  assert.throws(() => parseSecretKey(ascii(BIP386_WIF), 'testnet'), SecretKeyError);
});
