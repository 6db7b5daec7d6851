import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { FolderScratch } from '../scratch.ts';
import { mergeRuns } from './sorted-runs.ts';

/** A key, and a sum of what came with it. */
const joining = {
  sameKey: (one: string, other: string) => one.slice(0, 2) === other.slice(0, 2),
  join: (one: string, other: string) => `${one.slice(0, 2)}${Number(one.slice(2)) + Number(other.slice(2))}`,
};

test('merged runs are all their lines in order, and those with one key are one, however many runs there are', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-runs-'));
  t.after(() => rm(folder, { recursive: true }));
  const key = fc.stringMatching(/^[a-c][\u2028x]$/u);
  const runs = fc.array(fc.uniqueArray(key, { maxLength: 6 }), { maxLength: 150 });
  await fc.assert(
    fc.asyncProperty(runs, async some => {
      const scratch = new FolderScratch(folder);
      for (const [name, keys] of some.entries()) await scratch.write(String(name), keys.map(one => `${one}1`).sort());
      const names = some.map((_, name) => String(name));
      const merged = await Array.fromAsync(mergeRuns(scratch, names, joining));
      const counts = new Map<string, number>();
      for (const one of some.flat()) counts.set(one, (counts.get(one) ?? 0) + 1);
      assert.deepEqual(merged, [...counts].map(([one, count]) => `${one}${count}`).sort());
    }),
    { numRuns: 15 },
  );
});
