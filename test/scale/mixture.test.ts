import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CLASSES } from '../../server/src/classify/classes/registry.ts';
import { plainBatch } from '../../server/src/ingest/make-batch.ts';
import { preparedDatabase } from '../../server/src/ingest/testing/harness.ts';
import type { Database } from '../../server/src/store/database.ts';
import type { Publication, UnsealedRecord } from '../../server/src/store/publication.ts';
import { useTestServer } from '../../server/src/store/testing/embedded-postgres.ts';
import { DAYS, ROLLUPS } from '../../server/src/store/testing/rebuild-rollups.ts';
import { AttemptWriter } from '../../server/src/store/writer.ts';
import { loadMixture } from './load.ts';
import { Mixture, type MixtureOptions, recordOf } from './mixture.ts';
import { composeTemplates } from './templates.ts';

const server = useTestServer();
const OPTIONS: MixtureOptions = { seed: 7, attempts: 400, days: 3, endUs: Date.UTC(2026, 10, 24, 15) * 1000 };
const BATCH = 97;

test('what is loaded in bulk is what the writer writes', async t => {
  const [written, loaded] = [await empty(t), await empty(t)];
  await writeAll(new AttemptWriter(written.database.pool), new Mixture(OPTIONS));
  await loadMixture(loaded.database.pool, loaded.url, OPTIONS);
  const tables = { counter: '', attempt: '', ...ROLLUPS, ...DAYS };
  for (const table of Object.keys(tables)) {
    assert.deepEqual(await rowsOf(loaded.database, table), await rowsOf(written.database, table), table);
  }
  assert.equal((await rowsOf(loaded.database, 'attempt')).length, OPTIONS.attempts + 5);
});

test('a mixture is the same for the same seed, and another for another', () => {
  const some = (seed: number) => {
    const mixture = new Mixture({ ...OPTIONS, seed });
    return Array.from({ length: 50 }, (_, number) => mixture.attempt(number * 7).particulars);
  };
  assert.deepEqual(some(1), some(1));
  assert.notDeepEqual(some(1), some(2));
});

test('its kinds have every class that there is', () => {
  const seen = new Set(composeTemplates().flatMap(({ record }) => record.result.classes.map(({ id }) => id)));
  assert.deepEqual(
    CLASSES.map(({ id }) => id).filter(id => !seen.has(id)),
    [],
  );
});

async function empty(t: TestContext): Promise<{ database: Database; url: string }> {
  const { url } = await server.freshDatabase();
  return { database: await preparedDatabase(t, url), url };
}

/** A revision comes in a transaction of its own, right after what it revises. */
async function writeAll(writer: AttemptWriter, mixture: Mixture): Promise<void> {
  let batch: Publication[] = [];
  const write = async () => {
    await writer.write(plainBatch(batch));
    batch = [];
  };
  for (let number = 0; number < OPTIONS.attempts; number++) {
    const { template, claimed, revised, particulars } = mixture.attempt(number);
    if (revised) {
      batch.push(publicationOf(recordOf(template.early, claimed, particulars)));
      await write();
    }
    batch.push(publicationOf(recordOf(template.record, claimed, particulars)));
    if (batch.length >= BATCH) await write();
  }
  await write();
}

function publicationOf(record: UnsealedRecord): Publication {
  const evidence = { packed: new Uint8Array(), bytes: 0, secrets: null };
  return { id: record.id, draft: () => ({ record, private: null, evidence, alarm: null }) };
}

/** Counts that came to nothing are no rows. */
async function rowsOf({ pool }: Database, table: string): Promise<string[]> {
  const { rows } = await pool.query<{ row: string }>(`select to_jsonb(one)::text as row from ${table} one order by 1`);
  return rows.map(({ row }) => row).filter(row => !row.includes('"attempts": 0,'));
}
