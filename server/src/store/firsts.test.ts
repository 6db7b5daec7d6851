import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pool } from 'pg';
import { EMPTY_BATCH, makeRecords, publish } from '../api/testing/records.ts';
import { preparedDatabase } from '../ingest/testing/harness.ts';
import { newAttemptId } from '../wire/ids.ts';
import { Firsts } from './firsts.ts';
import { useTestServer } from './testing/embedded-postgres.ts';
import { inTransaction } from './transaction.ts';
import { AttemptWriter } from './writer.ts';

const server = useTestServer();
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ALARM = { kind: 'released', raisedUs: 1, target: null, detail: '' } as const;

async function firstsIn(pool: Pool, kind: string): Promise<[value: string, change: number][]> {
  const { rows } = await pool.query<{ value: string; change: string }>(
    'select value, change from first_seen where kind = $1 order by change, value',
    [kind],
  );
  return rows.map(({ value, change }) => [value, Number(change)]);
}

test('notes the attempt that showed each fingerprint, class, depth and country first, and no other', async t => {
  const owner = await preparedDatabase(t, (await server.freshDatabase()).url);
  const { pool } = owner;
  const same = { ja4: 'one', classes: ['A13_garbage'], depth: 2, country: 'FR' };
  await publish({ owner }, makeRecords([same, same, { ...same, ja4: 'two', depth: 4 }]));
  await publish({ owner }, makeRecords([same, { ...same, classes: ['C10_rc4'], country: 'JP' }, { country: 'ZZ' }]));
  assert.deepEqual(await firstsIn(pool, 'class'), [
    ['A13_garbage', 1],
    ['C10_rc4', 5],
  ]);
  assert.deepEqual(await firstsIn(pool, 'depth'), [
    ['2', 1],
    ['4', 3],
  ]);
  assert.deepEqual(await firstsIn(pool, 'country'), [
    ['FR', 1],
    ['JP', 5],
  ]);
});

test('a self-test is first at nothing, and a revision may be', async t => {
  const owner = await preparedDatabase(t, (await server.freshDatabase()).url);
  const { pool } = owner;
  const id = newAttemptId(Date.now() * 1000);
  await publish(
    { owner },
    makeRecords([
      { selfTest: true, depth: 8 },
      { id, depth: 1 },
    ]),
  );
  await publish({ owner }, makeRecords([{ id, depth: 3 }], 2));
  assert.deepEqual(await firstsIn(pool, 'depth'), [
    ['1', 2],
    ['3', 3],
  ]);
});

test('what was not committed is not known', async t => {
  const owner = await preparedDatabase(t, (await server.freshDatabase()).url);
  const { pool } = owner;
  const writer = new AttemptWriter(pool);
  const [record] = makeRecords([{ depth: 5 }]);
  assert.ok(record);
  const publications = [
    {
      id: record.id,
      draft: () => ({
        record,
        private: null,
        evidence: { packed: new Uint8Array(), bytes: 0, secrets: null },
        alarm: null,
      }),
    },
  ];
  const broken = { ...EMPTY_BATCH, publications, alarms: [{ ...ALARM, attemptId: 'no uuid' }] };
  await assert.rejects(writer.write(broken));
  assert.deepEqual(await firstsIn(pool, 'depth'), []);
  await writer.write({ ...EMPTY_BATCH, publications });
  assert.deepEqual(await firstsIn(pool, 'depth'), [['5', 1]]);
});

test('invented fingerprints are noted up to a limit, also after a restart; all else still is', async t => {
  const { pool } = await preparedDatabase(t, (await server.freshDatabase()).url);
  const note = async (firsts: Firsts, seed: number) => {
    const names = Array.from({ length: 20 }, (_, index) => `${LETTERS[seed]}${LETTERS[index]}`);
    const records = makeRecords(
      names.map(name => ({ ja4: name, country: name })),
      seed,
    ).map((record, index) => ({ ...record, seq: index, revision: 1, change: seed * 100 + index, leafHash: '' }));
    assert.ok(records.filter(({ hello }) => hello).length > 2);
    await inTransaction(pool, async client => (await firsts.write(client, records))());
  };
  await note(new Firsts(2), 1);
  await note(new Firsts(2), 2);
  assert.equal((await firstsIn(pool, 'fingerprint')).length, 2);
  assert.ok((await firstsIn(pool, 'country')).length > 2);
});
