import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { newUuidV7 } from '../wire/ids.ts';
import { type Database, openDatabase } from './database.ts';
import { MIGRATIONS, migrate } from './migrate.ts';
import { dayPartition, ensurePartitions, keepPartitions } from './partitions.ts';
import { useTestServer } from './testing/embedded-postgres.ts';
import { inTransaction } from './transaction.ts';

const server = useTestServer();
const DAY_MS = 86_400_000;
const NOON_MS = Date.UTC(2026, 10, 24, 12);

test('a day holds the ids of its first and last millisecond and not its neighbours', () => {
  const { name, from, to } = dayPartition(NOON_MS);
  const midnight = NOON_MS - DAY_MS / 2;
  assert.equal(name, 'attempt_20261124');
  for (const fill of ['0', 'f']) {
    const id = (ms: number) => `${newUuidV7(ms).slice(0, 15)}${fill.repeat(3)}-a${fill.repeat(3)}-${fill.repeat(12)}`;
    assert.ok(from <= id(midnight) && id(midnight) < to);
    assert.ok(from <= id(midnight + DAY_MS - 1) && id(midnight + DAY_MS - 1) < to);
    assert.ok(id(midnight - 1) < from);
    assert.ok(id(midnight + DAY_MS) >= to);
  }
});

interface Prepared {
  pool: Database['pool'];
  /** Inserts one row whose id is of this time. */
  insert(ms: number): Promise<void>;
  /** The partition of each row, oldest first. */
  partitions(): Promise<string[]>;
}

async function prepared(t: TestContext): Promise<Prepared> {
  const { pool, close } = openDatabase((await server.freshDatabase()).url);
  t.after(close);
  const client = await pool.connect();
  await migrate(client, MIGRATIONS).finally(() => client.release());
  return {
    pool,
    insert: async ms => {
      await pool.query(INSERT, [newUuidV7(ms)]);
    },
    partitions: async () => {
      const { rows } = await pool.query<{ partition: string }>(
        'select tableoid::regclass::text as partition from attempt order by id',
      );
      return rows.map(({ partition }) => partition);
    },
  };
}

test('rows go to the partition of their day, and to the default one where there is none', async t => {
  const { pool, insert, partitions } = await prepared(t);
  const ensure = (ms: number) => inTransaction(pool, client => ensurePartitions(client, ms));
  assert.deepEqual(await ensure(NOON_MS), ['attempt_20261124', 'attempt_20261125']);
  assert.deepEqual(await ensure(NOON_MS), []);
  for (const day of [0, 1, 2]) await insert(NOON_MS + day * DAY_MS);
  assert.deepEqual(await partitions(), ['attempt_20261124', 'attempt_20261125', 'attempt_default']);
  // The day after tomorrow has a row in the default partition by now: it stays there, and nothing fails.
  assert.deepEqual(await ensure(NOON_MS + DAY_MS), []);
});

test('the job makes a week ahead, and one day more after each midnight', async t => {
  const { pool } = await prepared(t);
  const beforeMidnight = NOON_MS + DAY_MS / 2 - 1;
  const { made } = await keepPartitions(pool, beforeMidnight, 0);
  assert.deepEqual([made.length, made[0], made.at(-1)], [8, 'attempt_20261124', 'attempt_20261201']);
  assert.deepEqual((await keepPartitions(pool, beforeMidnight, 0)).made, []);
  assert.deepEqual((await keepPartitions(pool, beforeMidnight + 1, 0)).made, ['attempt_20261202']);
});

test('the job gives the rows of the default partition a day of their own, and their indexes with it', async t => {
  const { pool, insert, partitions } = await prepared(t);
  for (const ms of [NOON_MS - 3 * DAY_MS, NOON_MS, NOON_MS, NOON_MS + 30 * DAY_MS]) await insert(ms);
  const { moved, made } = await keepPartitions(pool, NOON_MS, 0);
  assert.deepEqual(moved, ['attempt_20261121', 'attempt_20261124', 'attempt_20261224']);
  assert.equal(made.length, 7);
  assert.deepEqual(await partitions(), [
    'attempt_20261121',
    'attempt_20261124',
    'attempt_20261124',
    'attempt_20261224',
  ]);
  const { rows } = await pool.query<{ tables: string }>(
    "select count(*) as tables from pg_indexes where tablename like 'attempt\\_2%' group by tablename",
  );
  assert.equal(new Set(rows.map(({ tables }) => tables)).size, 1);
});

test('days are dropped whole once they are past what is kept, their counts are not, and 0 keeps them for ever', async t => {
  const { pool, insert, partitions } = await prepared(t);
  for (const day of [-3, -2, -1, 0]) await insert(NOON_MS + day * DAY_MS);
  await pool.query(DAYS_AND_COUNTS, [[-3, -2, -1, 0].map(day => (NOON_MS - DAY_MS / 2 + day * DAY_MS) * 1000)]);
  assert.deepEqual((await keepPartitions(pool, NOON_MS, 0)).dropped, []);
  assert.deepEqual((await keepPartitions(pool, NOON_MS, 2)).dropped, ['attempt_20261121']);
  assert.deepEqual(await partitions(), ['attempt_20261122', 'attempt_20261123', 'attempt_20261124']);
  const midnight = NOON_MS + DAY_MS / 2;
  assert.deepEqual((await keepPartitions(pool, midnight - 1, 2)).dropped, []);
  assert.deepEqual((await keepPartitions(pool, midnight, 2)).dropped, ['attempt_20261122']);
  const { rows } = await pool.query(
    'select (select count(*) from attempt_day) as days, (select count(*) from rollup_day) as counts',
  );
  assert.deepEqual(rows, [{ days: '2', counts: '4' }]);
});

test('the job does not wait for long for somebody who reads, and does the rest the next time', async t => {
  const { pool, insert } = await prepared(t);
  await insert(NOON_MS - 9 * DAY_MS);
  const reader = await pool.connect();
  try {
    await reader.query('begin; select count(*) from attempt');
    const first = await keepPartitions(pool, NOON_MS, 2);
    assert.deepEqual([first.moved, first.busy], [[], true]);
    await reader.query('rollback');
  } finally {
    reader.release();
  }
  const second = await keepPartitions(pool, NOON_MS, 2);
  assert.deepEqual([second.moved, second.dropped, second.busy], [['attempt_20261115'], ['attempt_20261115'], false]);
});

const DAYS_AND_COUNTS = `
  with day as (select unnest($1::bigint[]) as us), counts as (
    insert into rollup_day select us, 'practice', 'server', 'connect_only', 0, false, 1 from day)
  insert into attempt_day select us, 1, 1, 1 from day`;

const INSERT = `
  insert into attempt (id, revision, seq, change, started_us, duration_us, target, channel, guest_role, depth, outcome, inferred,
    classes, self_test, src_token, country, bytes_in, bytes_out, record, leaf, leaf_hash)
  values ($1, 1, 1, 1, 0, 0, 'practice', 'server', 'server', 0, 'connect_only', false, '{}', false, '', 'ZZ', 0, 0, '{}', '{}', '')`;
