import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { buildTargets, CONTROL, fuzz, lastWords, targets } from './fuzzing.ts';

/** Of each target, its seeds included. Long runs are in `test/long`. */
const SECONDS = 3;
const CONTROL_SECONDS = 20;
/** The same inputs each time, on the same machine at the same speed: news come from the long runs. */
const FLAGS = ['-seed=1'];
const BUILD_TIMEOUT_MS = 600_000;

const names = await targets();

before(buildTargets, { timeout: BUILD_TIMEOUT_MS });

async function freshly(target: string, seconds: number) {
  const corpus = await mkdtemp(join(tmpdir(), 'pinata-fuzz-'));
  try {
    return await fuzz(target, seconds, { corpus, flags: FLAGS });
  } finally {
    await rm(corpus, { recursive: true });
  }
}

test('a planted fault is found, and only because coverage leads to it', async () => {
  const ran = await freshly(CONTROL, CONTROL_SECONDS);
  assert.ok(ran.crashed, lastWords(ran));
  assert.match(ran.output, /the planted fault/);
  // One edge for each byte of the magic word, found one after the other.
  assert.ok(new Set(ran.coverage).size >= 4, `coverage: ${ran.coverage}`);
});

for (const target of names) {
  test(`${target} withstands its seeds and what coverage leads to`, async () => {
    const ran = await freshly(target, SECONDS);
    assert.ok(!ran.crashed, lastWords(ran));
    assert.ok((ran.coverage[0] ?? 0) > 0 && ran.executions > 0, lastWords(ran));
  });
}
