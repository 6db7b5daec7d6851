import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeRecords, publish, type Wanted } from '../api/testing/records.ts';
import { preparedDatabase } from '../ingest/testing/harness.ts';
import { newAttemptId } from '../wire/ids.ts';
import { OUTCOMES } from '../wire/outcomes.ts';
import type { Database } from './database.ts';
import { addRefusalRollups } from './rollups.ts';
import { useTestServer } from './testing/embedded-postgres.ts';
import { DAYS, ROLLUPS } from './testing/rebuild-rollups.ts';

const server = useTestServer();
const START_US = Date.UTC(2026, 10, 24, 23, 58) * 1000;
const MINUTE_US = 60_000_000;
const ATTEMPTS = 12;
const RUNS = 25;

/** The same few attempts again and again, near midnight and hours from it, as anything that an attempt can be. */
const wanted = fc.record({
  number: fc.nat(ATTEMPTS - 1),
  minutes: fc.constantFrom(0, 1, 2, 3, 70, -1500),
  target: fc.constantFrom('prize', 'practice'),
  channel: fc.constantFrom('server' as const, 'callback' as const, 'client' as const),
  outcome: fc.constantFrom(...OUTCOMES.slice(0, 4)),
  depth: fc.nat(2),
  selfTest: fc.boolean(),
  country: fc.constantFrom('ZZ', 'DE', 'FR'),
  bootId: fc.constantFrom(null, newAttemptId(START_US), newAttemptId(START_US)),
  classes: fc.subarray(['A01_port_scan_connect', 'A13_garbage', 'C33_grease']),
  claimTag: fc.constantFrom('a'.repeat(40), 'b'.repeat(40)),
});
const batches = fc.array(fc.uniqueArray(wanted, { selector: ({ number }) => number, maxLength: 8 }), { maxLength: 6 });

test('whatever is published and revised, each roll-up is what the newest revisions come to, and days are known by what they hold', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const ids = Array.from({ length: ATTEMPTS }, (_, number) => newAttemptId(START_US + number * 10_000_000));
  await fc.assert(
    fc.asyncProperty(batches, fc.nat(), async (plan, seed) => {
      await database.pool.query(
        `truncate attempt, attempt_private, attempt_evidence, ${Object.keys({ ...ROLLUPS, ...DAYS })}`,
      );
      for (const [index, batch] of plan.entries()) {
        const wishes = batch.map(({ number, minutes, ...rest }): Wanted => {
          return { ...rest, id: ids[number] ?? '', startedUs: START_US + minutes * MINUTE_US };
        });
        await publish({ owner: database }, makeRecords(wishes, seed + index));
      }
      for (const [table, select] of Object.entries(ROLLUPS)) {
        assert.equal(await differences(database, `select * from ${table} where attempts <> 0`, select), 0, table);
      }
      for (const [table, select] of Object.entries(DAYS)) {
        assert.equal(await differences(database, `select * from ${table}`, select), 0, table);
      }
    }),
    { numRuns: RUNS },
  );
});

test('refusals are counted by minute, hour and day, whoever was refused', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const refusal = (minutes: number, srcToken: string, attempts: number) => ({
    ...{ minuteUs: START_US + minutes * MINUTE_US, target: 'prize', channel: 'server', srcToken, attempts },
  });
  const client = await database.pool.connect();
  try {
    await addRefusalRollups(client, [refusal(0, 'a', 1), refusal(0, 'b', 2), refusal(1, 'a', 4), refusal(2, 'a', 8)]);
    await addRefusalRollups(client, [refusal(0, 'a', 16)]);
  } finally {
    client.release();
  }
  const { rows } = await database.pool.query<{ step: string; counts: string[] }>(
    `select step_us / ${MINUTE_US} as step, array_agg(attempts order by start_us) as counts
     from rollup_refusal group by step_us order by step_us`,
  );
  assert.deepEqual(rows, [
    { step: '1', counts: ['19', '4', '8'] },
    { step: '60', counts: ['23', '8'] },
    { step: '1440', counts: ['23', '8'] },
  ]);
});

/** Rows that one has and the other has not, duplicates included. */
async function differences({ pool }: Database, one: string, other: string): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(
    `with one as (${one}), other as (${other})
     select count(*) from ((table one except all table other) union all (table other except all table one)) difference`,
  );
  return Number(rows[0]?.count);
}
