import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PinataError } from '../errors.ts';
import { ascii, BIP386_INTERNAL, BIP386_OUTPUT, BIP386_WIF, bytes, hex } from './bip386.fixture.ts';
import { parseNetwork } from './network.ts';
import { prizePublic } from './prize.ts';
import { parseSecretKey, xOnly } from './secret-key.ts';

function code(expected: string) {
  return (error: unknown) => error instanceof PinataError && error.code === expected;
}

test('BIP-386: the WIF gives the internal and the output key', () => {
  const internal = xOnly(parseSecretKey(ascii(BIP386_WIF), 'mainnet'));
  assert.equal(hex(internal), BIP386_INTERNAL);
  assert.equal(prizePublic(internal, 'mainnet').outputKey, BIP386_OUTPUT);
});

test('BIP-86: the first receiving key gives its address', () => {
  const internal = bytes('cc8a4bc64d897bddc5fbc2f670f7a8ba0b386779106cf1223c6fc5d7cd6fc115');
  const prize = prizePublic(internal, 'mainnet');
  assert.equal(prize.outputKey, 'a60869f0dbcf1dc659c9cecbaf8050135ea9e8cdc487053f1dc6880949dc684c');
  assert.equal(prize.address, 'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr');
});

test('BIP-341: the first wallet vector gives its address', () => {
  const internal = bytes('d6889cb081036e0faefa3a35157ad71086b123b2b144b649798b494c300a961d');
  const prize = prizePublic(internal, 'mainnet');
  assert.equal(prize.outputKey, '53a1f6e454df1aa2776a2814a721372d6258050de330b3c6d10ee8f4e0dda343');
  assert.equal(prize.address, 'bc1p2wsldez5mud2yam29q22wgfh9439spgduvct83k3pm50fcxa5dps59h4z5');
});

test('each network has its own address prefix', () => {
  const internal = bytes(BIP386_INTERNAL);
  assert.match(prizePublic(internal, 'testnet').address, /^tb1p/);
  assert.match(prizePublic(internal, 'signet').address, /^tb1p/);
  assert.match(prizePublic(internal, 'regtest').address, /^bcrt1p/);
  assert.throws(() => parseNetwork('toString'), code('CONFIG_INVALID'));
});
