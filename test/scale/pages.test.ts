import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { Pool } from 'pg';
import { makeRecords, publish } from '../../server/src/api/testing/records.ts';
import { type AttemptFilter, conditionsOf } from '../../server/src/export/attempt-filter.ts';
import { attemptRows, type PageRequest, type Queryable } from '../../server/src/export/attempt-pages.ts';
import { preparedDatabase } from '../../server/src/ingest/testing/harness.ts';
import { useTestServer } from '../../server/src/store/testing/embedded-postgres.ts';
import { newAttemptId } from '../../server/src/wire/ids.ts';
import type { Outcome } from '../../server/src/wire/outcomes.ts';
import { loadMixture } from './load.ts';

const server = useTestServer();
const ATTEMPTS = 3000;
const DAYS = 6;
const END_US = Date.UTC(2026, 10, 24, 15) * 1000;
const FIRST_WINDOW = 64;
const RUNS = 400;

test('whatever is asked, pages are what a plain look at all rows gives, now and at any snapshot', async t => {
  const pool = await loaded(t);
  const database = queryable(pool);
  await fc.assert(
    fc.asyncProperty(await arbitraryRequest(pool), async request => {
      const found = await attemptRows<{ seq: string; revision: number }>(database, 'seq, revision', request);
      assert.deepEqual(found, await plainly(pool, request));
    }),
    { numRuns: RUNS },
  );
});

test('what a revision took away is still there at the snapshot before it', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const id = newAttemptId(END_US);
  const was = { outcome: 'not_tls', classes: ['A13_garbage'], country: 'FR' } as const;
  const became = { outcome: 'abandoned', classes: ['A02_idle_hold'], country: 'DE' } as const;
  for (const [index, what] of [was, became].entries()) {
    await publish({ owner: database }, makeRecords([{ ...what, id, startedUs: END_US, selfTest: false }], index + 1));
  }
  const revisions = async (filter: AttemptFilter, snapshot: number | null) => {
    const request = { filter, order: 'desc', limit: 5, snapshot } as const;
    const rows = await attemptRows<{ revision: number }>(queryable(database.pool), 'seq, revision', request);
    return rows.map(({ revision }) => revision);
  };
  for (const field of ['outcome', 'class', 'country'] as const) {
    const asked = (of: typeof was | typeof became) => (field === 'class' ? of.classes[0] : of[field]);
    assert.deepEqual(await revisions({ [field]: asked(was) }, 1), [1], field);
    assert.deepEqual(await revisions({ [field]: asked(was) }, null), [], field);
    assert.deepEqual(await revisions({ [field]: asked(became) }, 1), [], field);
    assert.deepEqual(await revisions({ [field]: asked(became) }, null), [2], field);
  }
});

/** A late revision of an old attempt, and an attempt that was published long after its day, are among them. */
async function loaded(t: TestContext): Promise<Pool> {
  const { url } = await server.freshDatabase();
  const { pool } = await preparedDatabase(t, url);
  await loadMixture(pool, url, { seed: 3, attempts: ATTEMPTS, days: DAYS, endUs: END_US });
  await pool.query(`
    with late as (select id, seq from attempt where seq = 40 and superseded_change is null),
      moved as (update attempt set seq = ${ATTEMPTS + 1}, change = change + 1000000 from late where attempt.id = late.id)
    update attempt_day set last_seq = ${ATTEMPTS + 1}, last_change = 2000000 where first_seq = 1`);
  return pool;
}

async function arbitraryRequest(pool: Pool): Promise<fc.Arbitrary<PageRequest>> {
  const valuesOf = async (of: string, from = 'attempt') => {
    const { rows } = await pool.query<{ value: string }>(
      `select distinct ${of} as value from ${from} where ${of} is not null`,
    );
    return fc.constantFrom(...rows.map(({ value }) => value), 'absent');
  };
  const seq = fc.integer({ min: 0, max: ATTEMPTS + 2 });
  const hours = fc.integer({ min: -1, max: DAYS * 24 });
  const time = hours.map(hour => new Date(END_US / 1000 - hour * 3_600_000).toISOString());
  const uuid = fc.constant('01900000-0000-7000-8000-000000000000');
  const filter = fc.record<AttemptFilter>(
    {
      after: seq,
      before: seq,
      from: time,
      to: time,
      target: await valuesOf('target'),
      outcome: (await valuesOf('outcome')).filter(value => value !== 'absent').map(value => value as Outcome),
      class: await valuesOf('class_id', 'rollup_class_day'),
      depthMin: fc.nat(8),
      channel: fc.constantFrom('server', 'client', 'callback'),
      country: await valuesOf('country'),
      ja4: await valuesOf('ja4'),
      spki: await valuesOf('spki'),
      boot: fc.oneof(
        (await valuesOf('boot_id::text')).filter(value => value !== 'absent'),
        uuid,
      ),
      claimTag: await valuesOf('claim_tag'),
      selfTest: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  return fc.record({
    filter: filter.map(few),
    order: fc.constantFrom('asc' as const, 'desc' as const),
    limit: fc.integer({ min: 1, max: 80 }),
    snapshot: fc.option(fc.integer({ min: 0, max: ATTEMPTS + 100 })),
    firstWindow: fc.constant(FIRST_WINDOW),
  });
}

/** Three conditions at most: of more, nothing would be left. */
function few(filter: AttemptFilter): AttemptFilter {
  const entries = Object.entries(filter);
  const from = entries.length === 0 ? 0 : JSON.stringify(entries).length % entries.length;
  return Object.fromEntries(entries.slice(from, from + 3));
}

async function plainly(pool: Pool, { filter, order, limit, snapshot }: PageRequest): Promise<unknown[]> {
  const { sql, values } = conditionsOf(filter);
  const at = `$${values.length + 1}::bigint`;
  const { rows } = await pool.query(
    `select seq, revision from attempt where ${sql === '' ? 'true' : sql}
       and case when ${at} is null then superseded_change is null
         else change <= ${at} and (superseded_change is null or superseded_change > ${at}) end
     order by seq ${order} limit ${limit}`,
    [...values, snapshot],
  );
  return rows;
}

function queryable(pool: Pool): Queryable {
  return {
    query: async (text, values = []) => {
      const { rows } = await pool.query(text, [...values]);
      return rows.map(row => numbersIn(row));
    },
  };
}

/** The api's pool gives bigints as numbers; here only the days' need be. */
function numbersIn<T>(row: T): T {
  const entries = Object.entries(row as object);
  return Object.fromEntries(entries.map(([name, value]) => [name, DAY_NUMBERS.has(name) ? Number(value) : value])) as T;
}
const DAY_NUMBERS = new Set(['dayUs', 'firstSeq', 'lastSeq']);
