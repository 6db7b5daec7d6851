import assert from 'node:assert/strict';
import { test } from 'node:test';
import { humanReadablePart, taprootAddress } from './taproot-address.ts';

/** BIP-86 "Test vectors": internal keys and the addresses that follow from them. */
const VECTORS = [
  [
    'cc8a4bc64d897bddc5fbc2f670f7a8ba0b386779106cf1223c6fc5d7cd6fc115',
    'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr',
  ],
  [
    '83dfe85a3151d2517290da461fe2815591ef69f2b18a2ce63f01697a8b313145',
    'bc1p4qhjn9zdvkux4e44uhx8tc55attvtyu358kutcqkudyccelu0was9fqzwh',
  ],
  [
    '399f1b2f4393f29a18c937859c5dd8a77350103157eb880f02e8c08214277cef',
    'bc1p3qkhfews2uk44qtvauqyr2ttdsw7svhkl9nkm9s9c3x4ax5h60wqwruhk7',
  ],
] as const;

test('BIP-86: addresses of its internal keys', () => {
  for (const [key, address] of VECTORS) {
    assert.equal(taprootAddress(key, 'bc'), address);
    assert.equal(humanReadablePart(address), 'bc');
  }
});

test('what is no point on the curve has no address', () => {
  assert.throws(() => taprootAddress('ff'.repeat(32), 'bc'));
});
