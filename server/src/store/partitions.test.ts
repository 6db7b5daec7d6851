import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newUuidV7 } from '../wire/ids.ts';
import { openDatabase } from './database.ts';
import { MIGRATIONS, migrate } from './migrate.ts';
import { dayPartition, ensurePartitions } from './partitions.ts';
import { useTestServer } from './testing/embedded-postgres.ts';

const server = useTestServer();
const DAY_MS = 86_400_000;
const NOON_MS = Date.UTC(2026, 10, 24, 12);

test('a day holds the ids of its first and last millisecond and not its neighbours', () => {
  const { name, from, to } = dayPartition(NOON_MS);
  const midnight = NOON_MS - DAY_MS / 2;
  assert.equal(name, 'attempt_20261124');
  for (const fill of [0x00, 0xff]) {
    const id = (ms: number) => newUuidV7(ms, n => new Uint8Array(n).fill(fill));
    assert.ok(from <= id(midnight) && id(midnight) < to);
    assert.ok(from <= id(midnight + DAY_MS - 1) && id(midnight + DAY_MS - 1) < to);
    assert.ok(id(midnight - 1) < from);
    assert.ok(id(midnight + DAY_MS) >= to);
  }
});

test('rows go to the partition of their day, and to the default one where there is none', async t => {
  const { pool, close } = openDatabase((await server.freshDatabase()).url);
  t.after(close);
  const client = await pool.connect();
  try {
    await migrate(client, MIGRATIONS);
    assert.deepEqual(await ensurePartitions(client, NOON_MS), ['attempt_20261124', 'attempt_20261125']);
    assert.deepEqual(await ensurePartitions(client, NOON_MS), []);
    for (const ms of [NOON_MS, NOON_MS + DAY_MS, NOON_MS + 2 * DAY_MS]) await client.query(INSERT, [newUuidV7(ms)]);
    const { rows } = await client.query<{ partition: string }>(
      'select tableoid::regclass::text as partition from attempt order by id',
    );
    assert.deepEqual(
      rows.map(({ partition }) => partition),
      ['attempt_20261124', 'attempt_20261125', 'attempt_default'],
    );
    // The day after tomorrow has a row in the default partition by now: it stays there, and nothing fails.
    assert.deepEqual(await ensurePartitions(client, NOON_MS + DAY_MS), []);
  } finally {
    client.release();
  }
});

const INSERT = `
  insert into attempt (id, revision, seq, change, started_us, duration_us, target, channel, guest_role, depth, outcome, inferred,
    classes, self_test, src_token, country, bytes_in, bytes_out, record, leaf, leaf_hash)
  values ($1, 1, 1, 1, 0, 0, 'practice', 'server', 'server', 0, 'connect_only', false, '{}', false, '', 'ZZ', 0, 0, '{}', '{}', '')`;
