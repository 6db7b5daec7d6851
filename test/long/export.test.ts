import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { startTestDatabase, type TestDatabase } from '../../server/src/api/testing/test-database.ts';
import type { ExportRun } from '../bench/parts/export-once.ts';
import { loadMixture } from '../scale/load.ts';

const ATTEMPTS = 1_000_000;
const DAYS = 30;
/** Much less than any of these files has, and than so many rows would take. */
const MEMORY_MAX_MIB = 640;
const ONCE = join(import.meta.dirname, '../bench/parts/export-once.ts');

const run = promisify(execFile);

describe(`exports of ${ATTEMPTS} attempts`, { timeout: 850_000 }, () => {
  let database: TestDatabase;
  let folder: string;
  let snapshot: string;
  before(async () => {
    database = await startTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'pinata-export-'));
    const endUs = Date.UTC(2026, 10, 24) * 1000;
    await loadMixture(database.owner.pool, database.ownerUrl, { seed: 1, attempts: ATTEMPTS, days: DAYS, endUs });
    const { rows } = await database.owner.pool.query<{ change: string }>('select change from counter');
    snapshot = rows[0]?.change ?? '';
  });
  after(async () => {
    await database?.stop();
    await rm(folder, { recursive: true });
  });

  for (const format of ['jsonl', 'parquet', 'hellos']) {
    test(`${format} is complete, and never in memory as a whole`, async () => {
      const args = [ONCE, database.apiUrl, format, join(folder, format), snapshot, String(ATTEMPTS)];
      const { stdout } = await run(process.execPath, args);
      const { rows, memoryMiB }: ExportRun = JSON.parse(stdout);
      assert.equal(rows, ATTEMPTS);
      assert.ok(memoryMiB < MEMORY_MAX_MIB, `${memoryMiB.toFixed(0)} MiB`);
    });
  }
});
