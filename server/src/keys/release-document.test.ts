import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schnorr } from '@noble/curves/secp256k1.js';
import { taprootDescriptor } from './descriptor.ts';
import { prizePublic } from './prize.ts';
import { DOCUMENT_MAX_BYTES, releaseDocument } from './release-document.ts';
import { parseSecretKey } from './secret-key.ts';

const _hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const ascii = (text: string) => Uint8Array.from(Buffer.from(text));

// BIP-386 "Test Vectors": one key as WIF and as x-only internal key, with the script of its output.
const BIP386_WIF = 'L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1';
const _BIP386_INTERNAL = 'a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd';
const _BIP386_OUTPUT = '77aab6e066f8a7419c5ab714c12c67d25007ed55a43cadcacb4d7a970a093f11';

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
