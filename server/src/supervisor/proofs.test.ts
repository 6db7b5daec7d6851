import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Pool } from 'undici';
import type { Proof } from '../keys/proof.ts';
import { until } from '../testing/until.ts';
import { serveProofs } from './proofs.ts';

const ROOT = '7e'.repeat(32);
const HOUR_MS = 3_600_000;

async function serve(t: TestContext, prove: (root: string) => Promise<Proof>, spacingMs: number) {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-proofs-'));
  const socketPath = join(folder, 'run', 'socket');
  const keeper = { prove };
  const app = await serveProofs(
    socketPath,
    new Map([
      ['prize', keeper],
      ['practice', keeper],
    ]),
    spacingMs,
  );
  const pool = new Pool('http://supervisor', { socketPath });
  t.after(async () => {
    await pool.destroy();
    await app.close();
    rmSync(folder, { recursive: true });
  });
  return async (path: string, body: object = { root: ROOT }, method: 'GET' | 'POST' = 'POST') => {
    const json = method === 'POST' && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    };
    const response = await pool.request({ method, path, ...json });
    const answer: unknown = await response.body.json();
    return [response.statusCode, Object(answer).code ?? Object(answer).root];
  };
}

const proofOf = async (root: string): Promise<Proof> => Object({ root });

test('it gives a proof over the root that it was asked with, of either target', async t => {
  const ask = await serve(t, proofOf, HOUR_MS);
  assert.deepEqual(await ask('/targets/prize/prove'), [200, ROOT]);
  assert.deepEqual(await ask('/targets/practice/prove'), [200, ROOT]);
});

test('nothing else can be asked here: no status, no restart, no secret', async t => {
  const ask = await serve(t, proofOf, 0);
  assert.deepEqual(await ask('/status', {}, 'GET'), [404, 'NOT_FOUND']);
  for (const what of ['restart', 'secret', 'stop'])
    assert.deepEqual(await ask(`/targets/prize/${what}`), [404, 'NOT_FOUND'], what);
  assert.deepEqual(await ask('/targets/nobody/prove'), [404, 'TARGET_UNKNOWN']);
  for (const body of [{}, { root: 'xyz' }])
    assert.deepEqual(await ask('/targets/prize/prove', body), [400, 'REQUEST_INVALID']);
});

test('a target is asked once at a time and once in a while, however many ask', async t => {
  let asked = 0;
  const answer = Promise.withResolvers<void>();
  const ask = await serve(
    t,
    async root => {
      asked += 1;
      await answer.promise;
      return proofOf(root);
    },
    HOUR_MS,
  );
  const first = ask('/targets/prize/prove');
  await until('the guest is asked', async () => asked === 1);
  const others = await Promise.all(Array.from({ length: 20 }, () => ask('/targets/prize/prove')));
  assert.ok(others.every(([status, code]) => status === 429 && code === 'RATE_LIMITED'));
  answer.resolve();
  assert.deepEqual(await first, [200, ROOT]);
  assert.deepEqual(await ask('/targets/prize/prove'), [429, 'RATE_LIMITED']);
  assert.equal(asked, 1);
});

test('a question that failed makes way for the next', async t => {
  let broken = true;
  const ask = await serve(t, root => (broken ? Promise.reject(new Error('no guest')) : proofOf(root)), 0);
  assert.deepEqual(await ask('/targets/prize/prove'), [500, 'INTERNAL']);
  broken = false;
  assert.deepEqual(await ask('/targets/prize/prove'), [200, ROOT]);
});
