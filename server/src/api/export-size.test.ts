import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RunningApi } from './start.ts';
import { makeRecords, publish } from './testing/records.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';

const ROWS = 100_000;
/** The whole file is several times this. */
const HEAP_GROWTH_MAX_BYTES = 24 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

describe('an export of 100,000 rows', { timeout: 240_000 }, () => {
  let database: TestDatabase;
  let api: RunningApi;

  before(async () => {
    database = await startTestDatabase();
    await publish(database, makeRecords([{}], 1));
    // Copies of one row that passed through the writer; the writer's own speed is tested elsewhere.
    await database.owner.pool.query(
      `insert into attempt select (left(id::text, 15) || right(gen_random_uuid()::text, 21))::uuid, 1, n, n, null, started_us + n, duration_us, target, channel, guest_role,
         boot_id, depth, outcome, inferred, primary_class, classes, self_test, src_token, country, ja3, ja4, spki, claim_tag,
         bytes_in, bytes_out, record || jsonb_build_object('id', gen_random_uuid()), leaf, leaf_hash
       from attempt, generate_series(2, $1::int) n where seq = 1`,
      [ROWS],
    );
    await database.owner.pool.query('update counter set seq = $1, change = $1', [ROWS]);
    await database.owner.pool.query('update attempt_day set last_seq = $1, last_change = $1', [ROWS]);
    await database.owner.pool.query('analyze attempt');
    api = await startTestApi(database.apiUrl);
  });
  after(async () => {
    await api?.stop();
    await database?.stop();
  });

  test('is complete, and never in memory as a whole', async () => {
    collectGarbage();
    const start = process.memoryUsage().heapUsed;
    let peak = 0;
    let bytes = 0;
    let lines = 0;
    const response = await fetch(`${api.url}/api/v1/attempts?format=jsonl`);
    let nextLook = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      for (const byte of chunk) if (byte === 10) lines += 1;
      if (bytes < nextLook) continue;
      nextLook = bytes + 16 * 1024 * 1024;
      collectGarbage();
      peak = Math.max(peak, process.memoryUsage().heapUsed - start);
    }
    assert.equal(lines, ROWS);
    assert.ok(bytes > 4 * HEAP_GROWTH_MAX_BYTES, `the file is large: ${bytes}`);
    assert.ok(peak < HEAP_GROWTH_MAX_BYTES, `heap grew by ${peak} bytes`);
  });
});
