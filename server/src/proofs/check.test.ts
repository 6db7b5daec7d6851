import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schnorr } from '@noble/curves/secp256k1.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { proofMessage } from '../keys/proof.ts';
import { taprootAddress } from '../keys/taproot-address.ts';
import { checkProof, holds, type ProofAnswer, type PublishedTarget, selfCheck } from './check.ts';
import { MerkleTree } from './merkle.ts';

const secret = new Uint8Array(32).fill(7);
const key = bytesToHex(schnorr.getPublicKey(secret));
const published: PublishedTarget = {
  target: 'prize',
  bootId: '0190a2b4-0000-7000-8000-000000000000',
  imageSha256: '02'.repeat(32),
  caSha256: '03'.repeat(32),
  vaultKey: key,
  address: taprootAddress(key, 'bcrt'),
};
const nonces = [1, 2, 3, 4, 5].map(byte => new Uint8Array(32).fill(byte));

function answerTo(index: number, subject: Partial<ProofAnswer['proof']> = {}): [string, ProofAnswer] {
  const tree = new MerkleTree(nonces);
  const said = {
    root: bytesToHex(tree.root),
    target: 'prize',
    bootId: '0190a2b4-0000-7000-8000-000000000000',
    imageSha256: '02'.repeat(32),
    caSha256: '03'.repeat(32),
    ...subject,
  };
  const message = proofMessage(said);
  const proof = { ...said, message: bytesToHex(message), signature: bytesToHex(schnorr.sign(message, secret)), key };
  const nonce = bytesToHex(nonces[index] ?? new Uint8Array());
  return [nonce, { nonce, proof, inclusion: { index, size: tree.size, path: tree.path(index).map(bytesToHex) } }];
}

const wrongSteps = (nonce: string, answer: ProofAnswer, target = published) =>
  checkProof(nonce, answer, target).flatMap(({ name, wrong }) => (wrong ? [name] : []));

test('a good answer holds in every step, for every leaf', () => {
  for (const index of nonces.keys()) assert.deepEqual(wrongSteps(...answerTo(index)), []);
});

test('the step that fails is the one that is wrong', () => {
  const [nonce, answer] = answerTo(1);
  const { proof, inclusion } = answer;
  const [other] = answerTo(2);
  const changes: [string[], ProofAnswer, string?][] = [
    [['Your nonce', 'The root'], answer, other],
    [['The root'], { ...answer, inclusion: { ...inclusion, index: 2 } }],
    [['The root'], { ...answer, inclusion: { ...inclusion, path: inclusion.path.slice(1) } }],
    [['The root'], { ...answer, inclusion: { ...inclusion, path: ['zz'] } }],
    [['The root', 'The message', 'The signature'], { ...answer, proof: { ...proof, root: '00'.repeat(32) } }],
    [['The message'], { ...answer, proof: { ...proof, message: '00'.repeat(32) } }],
    [['The signature'], { ...answer, proof: { ...proof, signature: '00'.repeat(64) } }],
    [['The signature'], { ...answer, proof: { ...proof, signature: 'short' } }],
    [['The key', 'The signature', 'The address'], { ...answer, proof: { ...proof, key: '11'.repeat(32) } }],
  ];
  for (const [expected, changed, asked = nonce] of changes) assert.deepEqual(wrongSteps(asked, changed), expected);
});

test('a proof that is right in itself, but of another boot, image, authority or target, fails by what it is bound to', () => {
  const others = [
    { bootId: '0190a2b4-0000-7000-8000-000000000001' },
    { imageSha256: '04'.repeat(32) },
    { caSha256: '04'.repeat(32) },
    { target: 'practice' },
  ];
  for (const other of others) assert.deepEqual(wrongSteps(...answerTo(0, other)), ['What it is bound to']);
});

test('an address that is not the key’s own is noticed, and a target without one has no such step', () => {
  const [nonce, answer] = answerTo(0);
  assert.deepEqual(wrongSteps(nonce, answer, { ...published, address: 'bcrt1pother' }), ['The address']);
  const steps = checkProof(nonce, answer, { ...published, address: null });
  assert.ok(holds(steps) && steps.every(({ name }) => name !== 'The address'));
});

test('one changed bit is noticed in every part', () => {
  const found = selfCheck(...answerTo(3), published);
  assert.deepEqual(
    found.filter(({ noticed }) => !noticed),
    [],
  );
  assert.deepEqual(
    found.map(({ part }) => part),
    ['nonce', 'root', 'message', 'signature', 'key', 'image hash', 'CA hash', 'path'],
  );
});
