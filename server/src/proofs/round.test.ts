import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { Proof } from '../keys/proof.ts';
import { leafHash, rootOfPath } from './merkle.ts';
import { type IncludedProof, ProofRounds } from './round.ts';

const INTERVAL_MS = 2000;
const nonce = (byte: number) => new Uint8Array(32).fill(byte);
const answerTo = (root: string): Proof => ({
  root,
  target: 'prize',
  bootId: '0190a2b4-0000-7000-8000-000000000000',
  imageSha256: '',
  caSha256: '',
  message: '',
  signature: '',
  key: '',
});

/** Lets every promise that can settle do so; no time passes for the rounds. */
const settle = () => new Promise<void>(resolve => setImmediate(resolve));

function leadsToRoot(byte: number, { proof, inclusion }: IncludedProof): boolean {
  const root = rootOfPath(leafHash(nonce(byte)), inclusion, inclusion.path.map(hexToBytes));
  return root !== null && Buffer.from(root).toString('hex') === proof.root;
}

test('the nonces of an interval share one question, and each gets its own way to the root', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked: string[] = [];
  const rounds = new ProofRounds(async root => answerTo(asked[asked.push(root) - 1] ?? ''), INTERVAL_MS);
  const answers = [1, 2, 3, 4, 5].map(byte => rounds.join(nonce(byte)));
  t.mock.timers.tick(INTERVAL_MS - 1);
  assert.equal(asked.length, 0);
  t.mock.timers.tick(1);
  const included = await Promise.all(answers);
  assert.equal(asked.length, 1);
  included.forEach((answer, at) => {
    assert.ok(leadsToRoot(at + 1, answer));
    assert.ok(!leadsToRoot(at + 2, answer), 'another nonce does not');
  });
});

test('however many come, one question is open at a time, and the next begins an interval after', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const open: ((proof: Proof) => void)[] = [];
  const roots: string[] = [];
  const rounds = new ProofRounds(root => {
    roots.push(root);
    return new Promise(resolve => open.push(resolve));
  }, INTERVAL_MS);
  const first = rounds.join(nonce(1));
  t.mock.timers.tick(INTERVAL_MS);
  const second = rounds.join(nonce(2));
  t.mock.timers.tick(10 * INTERVAL_MS);
  await settle();
  assert.equal(roots.length, 1, 'while one is open there is no other');
  open[0]?.(answerTo(roots[0] ?? ''));
  assert.ok(leadsToRoot(1, await first));
  await settle();
  t.mock.timers.tick(INTERVAL_MS - 1);
  assert.equal(roots.length, 1);
  t.mock.timers.tick(1);
  open[1]?.(answerTo(roots[1] ?? ''));
  assert.ok(leadsToRoot(2, await second));
});

test('a question that fails fails for all who waited for it, and for nobody after', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let broken = true;
  const rounds = new ProofRounds(async root => {
    if (broken) throw new Error('no guest');
    return answerTo(root);
  }, INTERVAL_MS);
  const refused = Promise.allSettled([rounds.join(nonce(1)), rounds.join(nonce(2))]);
  t.mock.timers.tick(INTERVAL_MS);
  assert.deepEqual(
    (await refused).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  broken = false;
  const next = rounds.join(nonce(3));
  assert.equal(rounds.waiting, 1);
  t.mock.timers.tick(INTERVAL_MS);
  assert.ok(leadsToRoot(3, await next));
});
