import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepareDatabase } from '../ingest/prepare-database.ts';
import { SILENT } from '../ingest/testing/harness.ts';
import { newUuidV7 } from '../wire/ids.ts';
import { openDatabase } from './database.ts';
import { readEvidence } from './evidence.ts';
import { ensurePartitions, keepPartitions } from './partitions.ts';
import { useTestServer } from './testing/embedded-postgres.ts';
import { inTransaction } from './transaction.ts';

const server = useTestServer();
const DAY_MS = 86_400_000;
const NOON_MS = Date.UTC(2026, 10, 24, 12);
const KEEP_DAYS = 30;

test('whatever is kept beside an attempt goes with the day of their attempt, and no others', async t => {
  const database = openDatabase((await server.freshDatabase()).url);
  t.after(() => database.close());
  const { pool } = database;
  await prepareDatabase(database, SILENT);
  await inTransaction(pool, client => ensurePartitions(client, NOON_MS - 31 * DAY_MS));
  const [old, young] = [newUuidV7(NOON_MS - 31 * DAY_MS), newUuidV7(NOON_MS - 29 * DAY_MS)];
  for (const id of [old, young]) {
    await pool.query(`insert into attempt_evidence (id, transcript, bytes) values ($1, '', 0)`, [id]);
    await pool.query(`insert into attempt_private (id, src_ip, salts) values ($1, '192.0.2.7', '{}')`, [id]);
    await pool.query(`insert into attempt_credit (id, name, set_us) values ($1, 'x', 0)`, [id]);
    await pool.query(`insert into moderation (id, hidden_us) values ($1, 0)`, [id]);
    await pool.query(`insert into handshake_secret (id, client_random, client, server) values ($1, '', '', '')`, [id]);
  }
  await keepPartitions(pool, NOON_MS, KEEP_DAYS);
  for (const table of ['attempt_evidence', 'handshake_secret', 'attempt_private', 'attempt_credit', 'moderation']) {
    const { rows } = await pool.query<{ id: string }>(`select id from ${table}`);
    assert.deepEqual(rows, [{ id: young }], table);
  }
  assert.equal(await readEvidence(pool, old), null);
});
