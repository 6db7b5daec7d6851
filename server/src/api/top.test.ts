import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Top } from './queries/top.ts';
import type { RunningApi } from './start.ts';
import { makeRecords, publish, type Wanted } from './testing/records.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';

const DAY_US = 86_400_000_000;
const FINGERPRINT = 't13i310900_e8f1e7e78f70_1f22a2ca17c4';

let database: TestDatabase;
let api: RunningApi;

type Answer = Top & { meta: { from: string | null; to: string } };

before(async () => {
  database = await startTestDatabase();
  const now = Date.now() * 1000;
  const some = (count: number, wanted: Wanted): Wanted[] =>
    Array.from({ length: count }, (_, index) => ({ startedUs: now + index, ...wanted }));
  await publish(
    database,
    makeRecords([
      ...some(5, { country: 'CY', classes: ['E01_no_certificate', 'C34_known_tool:openssl-3.0'], ja4: FINGERPRINT }),
      ...some(3, { country: 'DE', classes: ['E01_no_certificate'], outcome: 'certificate_missing', target: 'prize' }),
      ...some(1, { country: 'FR' }),
      ...some(2, {}),
      ...some(4, { selfTest: true, country: 'US' }),
      ...some(6, { country: 'JP', startedUs: now - 3 * DAY_US }),
    ]),
  );
  api = await startTestApi(database.apiUrl);
});

after(async () => {
  await api?.stop();
  await database?.stop();
});

async function top(query: string): Promise<Answer> {
  const response = await fetch(`${api.url}/api/v1/stats/top?${query}`);
  assert.equal(response.status, 200, query);
  return (await response.json()) as Answer;
}

const pairs = ({ rows }: Top) => rows.map(({ value, attempts }) => [value, attempts]);

/** How many rows the log has for the same question. */
async function listed(filter: Record<string, string | null>, { meta }: Answer): Promise<number> {
  const query = new URLSearchParams({ selfTest: 'false', limit: '1000', to: meta.to });
  for (const [name, value] of Object.entries({ ...filter, from: meta.from })) if (value) query.set(name, value);
  const response = await fetch(`${api.url}/api/v1/attempts?${query}`);
  return ((await response.json()) as { rows: unknown[] }).rows.length;
}

describe('the most frequent values', () => {
  test('countries of a day, self-tests left out, Unknown among them whatever the limit', async () => {
    const answer = await top('by=country&window=24h');
    assert.deepEqual(pairs(answer), [
      ['CY', 5],
      ['DE', 3],
      ['ZZ', 2],
      ['FR', 1],
    ]);
    assert.deepEqual([answer.attempts, answer.values], [11, 3]);
    assert.deepEqual(pairs(await top('by=country&window=24h&limit=1')), [
      ['CY', 5],
      ['ZZ', 2],
    ]);
    assert.deepEqual(pairs(await top('by=country&window=24h&target=prize')), [['DE', 3]]);
    assert.deepEqual(pairs(await top('by=country&window=1h&selfTest=true')), [['US', 4]]);
  });

  test('each count is that of the rows in the span that it tells', async () => {
    for (const window of ['1h', '24h', '7d', 'all']) {
      const countries = await top(`by=country&window=${window}`);
      for (const { value, attempts } of countries.rows)
        assert.equal(await listed({ country: value }, countries), attempts, `${window} ${value}`);
      assert.equal(await listed({}, countries), countries.attempts, window);
      const outcomes = await top(`by=outcome&window=${window}`);
      for (const { value, attempts } of outcomes.rows)
        assert.equal(await listed({ outcome: value }, outcomes), attempts, `${window} ${value}`);
    }
  });

  test('an attempt of two classes counts for both, one of none under null', async () => {
    for (const window of ['24h', '7d']) {
      const answer = await top(`by=class&window=${window}`);
      const counts = new Map(answer.rows.map(({ value, attempts }) => [value, attempts]));
      assert.equal(counts.get('E01_no_certificate'), 8, window);
      assert.equal(counts.get('C34_known_tool:openssl-3.0'), 5, window);
      assert.equal(counts.get(null), window === '24h' ? 3 : 9, window);
    }
  });

  test('fingerprints of all time, and those who showed none', async () => {
    const answer = await top('by=ja4&window=all');
    assert.ok(answer.rows.some(({ value, attempts }) => value === FINGERPRINT && attempts > 0));
    assert.equal(
      answer.rows.reduce((sum, { attempts }) => sum + attempts, 0),
      answer.attempts,
    );
    assert.equal(answer.meta.from, null);
  });

  test('what is not known is refused', async () => {
    for (const query of ['by=srcToken', 'window=2h', 'limit=0', 'limit=251', 'by=country&nonsense=1'])
      assert.equal((await fetch(`${api.url}/api/v1/stats/top?${query}`)).status, 400, query);
  });

  test('more fingerprints than may be read: the newest of them, and since when', async () => {
    const start = Math.floor((Date.now() * 1000) / 60_000_000) * 60_000_000 - 30 * 60_000_000;
    await database.owner.pool.query(
      `insert into rollup_minute select $1::bigint + i * 60000000, 'practice', 'server', 'abandoned', 2, false, 1500
       from generate_series(0, 19) i`,
      [start],
    );
    const answer = await top('by=ja4&window=1h&limit=2');
    // Thirteen minutes of 1,500 and the newest attempts fit into 20,000; a fourteenth does not.
    assert.equal(answer.meta.from, new Date(start / 1000 + 7 * 60_000).toISOString().replace('.000Z', 'Z'));
    const byDay = await top('by=country&window=1h&limit=5');
    assert.equal(byDay.meta.from?.slice(10), 'T00:00:00Z');
  });
});
