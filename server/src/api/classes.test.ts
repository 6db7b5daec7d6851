import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CLASSES } from '../classify/classes/registry.ts';
import type { ClassExample, ClassView } from './class-view.ts';
import type { ClassCounts, ClassDays } from './queries/classes.ts';
import type { RunningApi } from './start.ts';
import { makeRecords, publish, type Wanted } from './testing/records.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';

const DAY_US = 86_400_000_000;
const RC4 = 'C10_rc4';
const FREAK = 'C07_freak';

interface List {
  rows: ClassView[];
  attempts: ClassCounts;
  unclassified: ClassCounts;
}
interface One extends ClassView {
  perDay: ClassDays;
  example: ClassExample | null;
  newest: { id: string } | null;
}

describe('the classes of the api', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let api: RunningApi;
  /** Noon, so that the day does not change under the test's records. */
  const noonUs = Math.floor((Date.now() * 1000) / DAY_US) * DAY_US + DAY_US / 2;
  const ago = (days: number) => noonUs - days * DAY_US;
  const wanted: Wanted[] = [
    { startedUs: ago(0), classes: [FREAK, RC4] },
    { startedUs: ago(0), classes: [RC4], target: 'prize' },
    { startedUs: ago(29), classes: [RC4] },
    { startedUs: ago(30), classes: [RC4] },
    { startedUs: ago(0) },
    { startedUs: ago(40) },
    { startedUs: ago(0), classes: [RC4], selfTest: true },
  ];

  before(async () => {
    database = await startTestDatabase();
    await publish(database, makeRecords(wanted));
    api = await startTestApi(database.apiUrl);
  });
  after(async () => {
    await api?.stop();
    await database?.stop();
  });

  const get = (path: string, headers: Record<string, string> = {}) => fetch(api.url + path, { headers });
  const list = async () => (await (await get('/api/v1/classes')).json()) as List;
  const one = async (id: string) => (await (await get(`/api/v1/classes/${id}`)).json()) as One;

  test('are all listed, most severe first, with their rules in words', async () => {
    const { rows } = await list();
    assert.deepEqual(
      rows.map(({ id }) => id),
      CLASSES.map(({ id }) => id),
    );
    for (const { id, rule, informational, severity } of rows) {
      assert.ok(rule.length > 20, id);
      assert.equal(informational, severity === 'note');
    }
  });

  test('count each attempt once for each of its classes, by days, without self-tests', async () => {
    const { rows } = await list();
    const counts = (id: string) => rows.find(row => row.id === id)?.counts;
    assert.deepEqual(counts(RC4), { today: 2, days30: 3, all: 4 });
    assert.deepEqual(counts(FREAK), { today: 1, days30: 1, all: 1 });
    assert.deepEqual(counts('C08_logjam'), { today: 0, days30: 0, all: 0 });
  });

  test('what is of no class is counted as such, and all together', async () => {
    const { attempts, unclassified } = await list();
    assert.deepEqual(unclassified, { today: 1, days30: 1, all: 2 });
    assert.deepEqual(attempts, { today: 3, days30: 4, all: 6 });
  });

  test('one has its attempts by day, the newest of them, and an example', async () => {
    const found = await one(RC4);
    assert.equal(found.perDay.days.length, 30);
    assert.deepEqual([found.perDay.attempts[0], found.perDay.attempts[29]], [1, 2]);
    assert.equal(
      found.perDay.attempts.reduce((sum, n) => sum + n, 0),
      found.counts.days30,
    );
    assert.equal(found.perDay.days[29], new Date(noonUs / 1000).toISOString().slice(0, 10));
    const { rows } = (await (await get(`/api/v1/attempts?class=${RC4}&selfTest=false&limit=1`)).json()) as {
      rows: { id: string }[];
    };
    assert.equal(found.newest?.id, rows[0]?.id);
    assert.match(found.example?.bytes?.hex ?? '', /^([0-9a-f]{2})+$/);
  });

  test('every class has a page and an example, and its evidence begins in what is shown', async () => {
    for (const { id, needs } of CLASSES) {
      const { example, newest, counts } = await one(encodeURIComponent(id));
      assert.ok(example, id);
      assert.equal(newest === null, counts.all === 0, id);
      if (needs === 'window') assert.ok((example.attempts ?? 0) > 1, id);
      const { bytes } = example;
      if (bytes?.at) {
        const into = bytes.at.offset - bytes.offset;
        assert.ok(into >= 0 && into < bytes.hex.length / 2, id);
      }
    }
  });

  test('one that is not there is a problem with a code', async () => {
    const response = await get('/api/v1/classes/C99_nothing');
    assert.equal(response.status, 404);
    assert.equal(((await response.json()) as { code: string }).code, 'CLASS_UNKNOWN');
  });

  test('what did not change is 304', async () => {
    for (const path of ['/api/v1/classes', `/api/v1/classes/${RC4}`]) {
      const response = await get(path);
      assert.equal(response.headers.get('cache-control'), 'public, max-age=5');
      const again = await get(path, { 'if-none-match': response.headers.get('etag') ?? '' });
      assert.equal(again.status, 304, path);
    }
  });
});
