import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ascii, BIP386_INTERNAL, BIP386_WIF, hex } from './bip386.fixture.ts';
import { encodeWif, newSecretKey, parseSecretKey, SecretKeyError } from './secret-key.ts';

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
