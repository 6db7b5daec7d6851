import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schnorr } from '@noble/curves/secp256k1.js';
import { type Proof, type ProofSubject, proofMessage, verifyProof } from './proof.ts';
import { newSecretKey } from './secret-key.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const subject: ProofSubject = {
  root: '01'.repeat(32),
  target: 'prize',
  bootId: '0190a2b4-0000-7000-8000-000000000000',
  imageSha256: '02'.repeat(32),
  caSha256: '03'.repeat(32),
};

function prove(): Proof {
  const key = newSecretKey();
  const message = proofMessage(subject);
  const signature = schnorr.sign(message, key);
  return { ...subject, message: hex(message), signature: hex(signature), key: hex(schnorr.getPublicKey(key)) };
}

test('a proof by the published key over the given challenge holds', () => {
  const proof = prove();
  assert.equal(verifyProof(proof, proof), null);
});

test('a proof holds for nothing but its own subject, key and challenge', () => {
  const proof = prove();
  const other = prove();
  const changes: Partial<Proof>[] = [
    { root: '04'.repeat(32) },
    { target: 'practice' },
    { bootId: '0190a2b4-0000-7000-8000-000000000001' },
    { imageSha256: '04'.repeat(32) },
    { caSha256: '04'.repeat(32) },
    { message: '04'.repeat(32) },
    { signature: other.signature },
    { key: other.key },
    { key: 'zz' },
    { signature: '' },
  ];
  for (const change of changes) {
    assert.notEqual(verifyProof({ ...proof, ...change }, proof), null, JSON.stringify(change));
  }
  assert.notEqual(verifyProof(other, proof), null);
});

test('the message changes with each part, so no two subjects share one', () => {
  const messages = [
    subject,
    { ...subject, root: '04'.repeat(32) },
    { ...subject, target: 'practice' },
    { ...subject, bootId: '0190a2b4-0000-7000-8000-000000000001' },
    { ...subject, imageSha256: '04'.repeat(32) },
    { ...subject, caSha256: '04'.repeat(32) },
  ].map(each => hex(proofMessage(each)));
  assert.equal(new Set(messages).size, messages.length);
});
