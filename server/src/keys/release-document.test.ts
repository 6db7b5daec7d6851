import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schnorr } from '@noble/curves/secp256k1.js';
import { ascii, BIP386_WIF, bytes } from './bip386.fixture.ts';
import { taprootDescriptor } from './descriptor.ts';
import { prizePublic } from './prize.ts';
import { DOCUMENT_MAX_BYTES, releaseDocument } from './release-document.ts';
import { parseSecretKey } from './secret-key.ts';

test('the release document fits the channel and spends what the address holds', () => {
  const subject = { target: 'prize', bootId: '0190a2b4-0000-7000-8000-000000000000', network: 'mainnet' } as const;
  const key = parseSecretKey(ascii(BIP386_WIF), 'mainnet');
  const document = releaseDocument(key, { ...subject, publicUrl: 'https://pinata.example', prize: true });
  assert.ok(document.length <= DOCUMENT_MAX_BYTES);
  const [head = '', advice] = Buffer.from(document)
    .toString()
    .split(/\n\n(.*)/s);
  const [first, ...lines] = head.split('\n');
  assert.equal(first, 'pinata release 1');
  const fields = Object.fromEntries(lines.map(line => line.split(': ')));
  assert.deepEqual(Object.keys(fields), ['target', 'boot', 'key', 'wif', 'descriptor', 'address', 'claim']);
  assert.equal(fields.descriptor, taprootDescriptor(BIP386_WIF));
  assert.equal(fields.claim, 'https://pinata.example/rules#claim');
  assert.equal(fields.address, prizePublic(schnorr.getPublicKey(bytes(fields.key ?? '')), 'mainnet').address);
  assert.match(advice ?? '', /replace/);
});
