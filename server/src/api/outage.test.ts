import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RunningApi } from './start.ts';
import type { Status } from './status.ts';
import { openStream } from './testing/event-stream.ts';
import { makeRecords, publish } from './testing/records.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { until } from './testing/until.ts';

describe('while the database is down', { timeout: 180_000 }, () => {
  let database: TestDatabase;
  let api: RunningApi;

  const get = (path: string) => fetch(api.url + path);
  const status = async () => (await (await get('/status.json')).json()) as Status;

  before(async () => {
    database = await startTestDatabase();
    await publish(database, makeRecords([{}, {}, {}]));
    api = await startTestApi(database.apiUrl);
  });
  after(async () => {
    await api?.stop();
    await database?.stop();
  });

  test('data routes say so, the rest answers, streams stay, and all is well again by itself', async () => {
    const stream = await openStream(`${api.url}/api/v1/stream`);
    await until('hello comes', () => stream.events.length > 0);
    await database.crash();
    await until('the status page says so', async () => (await status()).database === 'down');

    for (const path of [
      '/api/v1/attempts',
      '/api/v1/attempts?format=csv',
      '/api/v1/attempts?format=jsonl',
      '/api/v1/attempts/01a20cb1-0af8-787a-8a3a-523a38847e13',
      '/api/v1/targets',
      '/api/v1/targets/practice/credentials',
      '/api/v1/boots',
      '/api/v1/stats/timeseries',
      '/.well-known/pinata.json',
    ]) {
      const response = await get(path);
      const { code } = (await response.json()) as { code: string };
      assert.deepEqual(
        [response.status, code, response.headers.get('retry-after')],
        [503, 'DATABASE_UNAVAILABLE', '5'],
        path,
      );
    }
    assert.equal((await get('/healthz')).status, 200);
    assert.equal((await get('/readyz')).status, 503);
    const { overall, log } = await status();
    assert.deepEqual([overall, log?.change], ['down', 3]);
    const snapshot = (await (await get('/live/snapshot.json')).json()) as { health: string; attempts: object[] };
    assert.deepEqual([snapshot.health, snapshot.attempts.length], ['down', 3]);
    assert.equal((await get('/')).status, 200);

    await database.restart();
    await until('the database is back', async () => (await status()).database === 'ok');
    assert.equal((await get('/api/v1/attempts')).status, 200);
    assert.equal((await get('/readyz')).status, 200);
    await publish(database, makeRecords([{}], 5));
    await until('the stream goes on', () => stream.events.some(({ event, id }) => event === 'attempts' && id === '4'));
    stream.close();
    await stream.ended;
  });

  test('the api starts, and serves what it can', async () => {
    await database.crash();
    const late = await startTestApi(database.apiUrl);
    try {
      const at = (path: string) => fetch(late.url + path);
      assert.equal((await at('/healthz')).status, 200);
      assert.equal((await at('/api/v1/stream')).status, 503);
      assert.equal((await at('/live/snapshot.json')).status, 503);
      assert.equal(((await (await at('/status.json')).json()) as Status).database, 'down');
      const page = await at('/');
      assert.deepEqual([page.status, (await page.text()).includes('does not answer')], [200, true]);
      await database.restart();
      await until('it serves data', async () => (await at('/live/snapshot.json')).status === 200);
      assert.equal((await at('/api/v1/stream?nonsense')).status, 400);
    } finally {
      await late.stop();
    }
  });
});
