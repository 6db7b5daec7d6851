import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { schnorr } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { readConfig } from '../config.ts';
import { PinataError } from '../errors.ts';
import { type Proof, proofMessage, verifyProof } from '../keys/proof.ts';
import { newSecretKey } from '../keys/secret-key.ts';
import { leafHash, rootOfPath } from '../proofs/merkle.ts';
import type { IncludedProofAnswer } from '../proofs/schema.ts';
import { applyBootFacts } from '../store/boots.ts';
import { serveProofs } from '../supervisor/proofs.ts';
import type { MadeProof } from './queries/proofs.ts';
import type { RunningApi } from './start.ts';
import { bootTarget, IMAGE_SHA256 } from './testing/boots.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';

const PLACES = 5;
const key = newSecretKey();
const xOnly = bytesToHex(schnorr.getPublicKey(key));
const newNonce = () => randomBytes(32).toString('hex');

describe('proofs of possession', { timeout: 120_000 }, () => {
  let folder: string;
  let database: TestDatabase;
  let api: RunningApi;
  let bootId: string;
  let supervisor: { close(): Promise<unknown> } | null = null;
  /** What the supervisor was asked to sign. */
  let roots: string[] = [];
  let ready = true;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pinata-proofs-'));
    database = await startTestDatabase();
    bootId = await bootTarget(database, 'prize');
    await bootTarget(database, 'practice');
    api = await startTestApi(database.apiUrl, {
      env: { PINATA_DATA: folder },
      limits: { proofIntervalMs: 100, proofsPerAddress: PLACES },
    });
  });
  after(async () => {
    await api?.stop();
    await supervisor?.close();
    await database?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function startSupervisor(): Promise<void> {
    const keeper = { prove: async (root: string) => sign(root) };
    const { supervisorProofs } = readConfig({ PINATA_DATA: folder }).layout.sockets;
    supervisor = await serveProofs(supervisorProofs, new Map([['prize', keeper]]), 0);
  }

  function sign(root: string): Proof {
    if (!ready) throw new PinataError('GUEST_NOT_READY', { target: 'prize' });
    roots.push(root);
    const subject = { root, target: 'prize', bootId, imageSha256: IMAGE_SHA256, caSha256: '03'.repeat(32) };
    const message = proofMessage(subject);
    const signature = bytesToHex(schnorr.sign(message, key));
    return { ...subject, message: bytesToHex(message), signature, key: xOnly };
  }

  const post = (nonce: unknown, target = 'prize') =>
    fetch(`${api.url}/api/v1/targets/${target}/proofs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ nonce }),
    });
  const refused = async (response: Response) => {
    const { code } = (await response.json()) as { code: string };
    return [response.status, code];
  };

  test('without a supervisor it says so, and works once there is one', async () => {
    const response = await post(newNonce());
    assert.ok(response.headers.get('retry-after'));
    assert.deepEqual(await refused(response), [503, 'SUPERVISOR_UNREACHABLE']);
    await startSupervisor();
    assert.equal((await post(newNonce())).status, 200);
  });

  test('each nonce of an interval is on its own path to the one root that was signed', async () => {
    roots = [];
    const nonces = Array.from({ length: PLACES }, newNonce);
    const answers = await Promise.all(
      nonces.map(async nonce => (await (await post(nonce)).json()) as IncludedProofAnswer),
    );
    for (const [at, { nonce, proof, inclusion }] of answers.entries()) {
      assert.equal(nonce, nonces[at]);
      const root = rootOfPath(leafHash(hexToBytes(nonce)), inclusion, inclusion.path.map(hexToBytes));
      assert.equal(root && bytesToHex(root), proof.root);
      assert.equal(verifyProof(proof, { root: proof.root, key: xOnly }), null);
    }
    assert.deepEqual([...new Set(answers.map(({ proof }) => proof.root))].sort(), [...roots].sort());
    assert.ok(roots.length < PLACES, 'the guest was not asked once for each');
  });

  test('places are few per address, and whoever finds none is told when to come again', async () => {
    const responses = await Promise.all(Array.from({ length: PLACES + 3 }, () => post(newNonce())));
    const full = responses.filter(({ status }) => status === 503);
    assert.equal(full.length, 3);
    for (const response of full) {
      assert.ok(response.headers.get('retry-after'));
      assert.deepEqual(await refused(response), [503, 'PROOFS_BUSY']);
    }
    assert.equal((await post(newNonce())).status, 200, 'places are given back');
  });

  test('what is no nonce, and what is no target, is refused before anybody is asked', async () => {
    roots = [];
    for (const nonce of ['', 'xyz', '00', newNonce().toUpperCase().replace(/^./, 'F'), 1, null])
      assert.deepEqual(await refused(await post(nonce)), [400, 'REQUEST_INVALID'], String(nonce));
    assert.deepEqual(await refused(await post(newNonce(), 'nobody')), [404, 'TARGET_UNKNOWN']);
    assert.deepEqual(roots, []);
  });

  test('a guest that is not ready is no proof', async () => {
    ready = false;
    assert.deepEqual(await refused(await post(newNonce())), [503, 'GUEST_NOT_READY']);
    ready = true;
  });

  test('a page elsewhere may ask', async () => {
    const preflight = await fetch(`${api.url}/api/v1/targets/prize/proofs`, { method: 'OPTIONS' });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
    assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /POST/);
  });

  test('what was made is listed by target, newest first, page by page', async () => {
    const proofs = Array.from({ length: 5 }, () => sign(newNonce()));
    await applyBootFacts(
      database.owner.prisma,
      proofs.map(({ root, message, signature }, at) => ({
        kind: 'proof',
        t: Date.now() * 1000 + at,
        target: 'prize',
        bootId,
        root,
        message,
        signature,
      })),
    );
    const seen: MadeProof[] = [];
    let path: string | null = '/api/v1/targets/prize/proofs?limit=2';
    while (path) {
      const page = (await (await fetch(api.url + path)).json()) as { rows: MadeProof[]; next: string | null };
      seen.push(...page.rows);
      path = page.next;
    }
    assert.deepEqual(
      seen.map(({ root }) => root),
      proofs.map(({ root }) => root).reverse(),
    );
    const [newest] = seen;
    assert.ok(newest);
    assert.deepEqual([newest.target, newest.bootId, newest.imageSha256], ['prize', bootId, IMAGE_SHA256]);
    const other = await fetch(`${api.url}/api/v1/targets/practice/proofs`);
    assert.deepEqual(((await other.json()) as { rows: unknown[] }).rows, []);
    assert.deepEqual(await refused(await fetch(`${api.url}/api/v1/targets/nobody/proofs`)), [404, 'TARGET_UNKNOWN']);
  });
});
