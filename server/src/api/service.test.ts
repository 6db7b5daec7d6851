import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Check } from 'typebox/schema';
import { AttemptWriter } from '../store/writer.ts';
import { newAttemptId, newUuidV7 } from '../wire/ids.ts';
import type { Boot } from './queries/boots.ts';
import type { RunningApi } from './start.ts';
import type { Status } from './status.ts';
import type { TargetView } from './target-view.ts';
import { bootTarget, CA_DER, CRASH_DETAIL, IMAGE_SHA256 } from './testing/boots.ts';
import { EMPTY_BATCH, makeRecords, publish } from './testing/records.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { until } from './testing/until.ts';

const MINUTE_US = 60_000_000;

describe('the service as it describes itself', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let api: RunningApi;
  let crashed: string;
  let prizeBoot: string;

  const get = (path: string) => fetch(api.url + path);
  const json = async <T>(path: string): Promise<T> => {
    const response = await get(path);
    assert.equal(response.status, 200, `${path}: ${response.status}`);
    return (await response.json()) as T;
  };
  const problem = async (path: string) => {
    const response = await get(path);
    const { status, code } = (await response.json()) as { status: number; code: string };
    assert.equal(response.status, status);
    return [status, code];
  };
  const beat = (name: string, beatUs: number) =>
    new AttemptWriter(database.owner.pool).write({
      ...EMPTY_BATCH,
      components: [{ name, state: 'up', beatUs, detail: {} }],
      progress: name === 'gateway' ? [{ spool: name, epoch: 'e', position: 0, head: 0, beatUs, lost: 3 }] : [],
    });
  const status = () => json<Status>('/status.json');

  before(async () => {
    database = await startTestDatabase();
    const now = Date.now() * 1000;
    crashed = await bootTarget(database, 'prize', { at: now - 100 * MINUTE_US, end: 'crash' });
    prizeBoot = await bootTarget(database, 'prize', { at: now - 50 * MINUTE_US });
    await bootTarget(database, 'practice');
    for (const name of ['gateway', 'supervisor', 'ingest']) await beat(name, now);
    await publish(
      database,
      makeRecords(
        Array.from({ length: 40 }, (_, index) => ({
          startedUs: now - (index % 4) * MINUTE_US - (index === 39 ? 30 * 24 * 60 * MINUTE_US : 0),
          depth: index % 4,
          target: index % 2 ? 'prize' : 'practice',
          outcome: index % 4 === 0 ? 'connect_only' : 'abandoned',
          selfTest: index < 4,
        })),
      ),
    );
    api = await startTestApi(database.apiUrl, { env: { PINATA_SELF_TEST_S: '86400', PINATA_SITE: 'here' } });
  });
  after(async () => {
    await api?.stop();
    await database?.stop();
  });

  test('targets: the prize first, with its boot, certificates, keys and money', async () => {
    const { rows } = await json<{ rows: TargetView[] }>('/api/v1/targets');
    assert.deepEqual(
      rows.map(({ target, prize }) => [target, prize]),
      [
        ['prize', true],
        ['practice', false],
      ],
    );
    const [prize, practice] = rows;
    assert.equal(prize?.bootId, prizeBoot);
    assert.equal(prize?.restarts, 1);
    assert.equal(prize?.imageSha256, IMAGE_SHA256);
    assert.deepEqual(prize?.ports, { server: 10000, callback: 10001, client: 10002 });
    assert.deepEqual(practice?.ports, { server: 11000, callback: 11001, client: 11002 });
    const base64 = prize?.certificates.ca?.pem.replace(/-----[A-Z ]+-----|\n/g, '') ?? '';
    assert.deepEqual(Buffer.from(base64, 'base64'), CA_DER);
    assert.deepEqual(prize?.output, {
      network: 'regtest',
      address: 'bcrt1p',
      descriptor: 'tr()',
      internalKey: '22'.repeat(32),
      outputKey: '33'.repeat(32),
    });
    assert.equal(practice?.output, null);
    assert.ok(prize?.unclaimedSince);
    assert.equal(practice?.unclaimedSince, null);
    assert.deepEqual([prize?.credentials, practice?.credentials], [null, '/api/v1/targets/practice/credentials']);
  });

  test('credentials: five files of practice, nothing of the prize', async () => {
    const files = await json<Record<string, string>>('/api/v1/targets/practice/credentials');
    assert.deepEqual(Object.keys(files).sort(), ['ca.pem', 'client.key', 'client.pem', 'server.key', 'server.pem']);
    assert.deepEqual(await problem('/api/v1/targets/prize/credentials'), [404, 'CREDENTIALS_NOT_PUBLISHED']);
    assert.deepEqual(await problem('/api/v1/targets/nobody/credentials'), [404, 'TARGET_UNKNOWN']);
  });

  test('boots: newest first, page by page, each on its own, crash details kept back', async () => {
    const { rows } = await json<{ rows: Boot[]; next: null }>('/api/v1/boots?target=prize');
    assert.deepEqual(
      rows.map(({ id }) => id),
      [prizeBoot, crashed],
    );
    assert.equal(rows[1]?.endReason, 'crash');
    assert.equal(rows[0]?.bootMs, 250);
    assert.ok(!JSON.stringify(rows).includes(CRASH_DETAIL));
    const first = await json<{ rows: Boot[]; next: string }>('/api/v1/boots?target=prize&limit=1');
    const second = await json<{ rows: Boot[]; next: null }>(first.next);
    assert.deepEqual([first.rows[0]?.id, second.rows[0]?.id, second.next], [prizeBoot, crashed, null]);
    assert.deepEqual(await json<Boot>(`/api/v1/boots/${crashed}`), rows[1]);
    assert.deepEqual(await problem(`/api/v1/boots/${newUuidV7(1)}`), [404, 'BOOT_UNKNOWN']);
  });

  test('summary: the funnel of a window, self-tests left out', async () => {
    type Answer = {
      attempts: number;
      reached: number[];
      outcomes: Record<string, number>;
      perMinute: number[];
      distinct: { sources: number } | null;
    };
    const hour = await json<Answer>('/api/v1/stats/summary?window=1h');
    assert.equal(hour.attempts, 35);
    assert.deepEqual(hour.reached, [35, 26, 17, 8, 0, 0, 0, 0, 0]);
    assert.deepEqual(hour.outcomes, { abandoned: 26, connect_only: 9 });
    assert.equal(hour.perMinute.length, 60);
    assert.equal(
      hour.perMinute.reduce((sum, count) => sum + count),
      35,
    );
    assert.ok((hour.distinct?.sources ?? 0) > 30);
    assert.equal((await json<Answer>('/api/v1/stats/summary?window=all')).attempts, 36);
    assert.equal((await json<Answer>('/api/v1/stats/summary?window=all')).distinct, null);
    assert.equal((await json<Answer>('/api/v1/stats/summary?target=prize')).attempts, 17);
    assert.equal((await json<Answer>('/api/v1/stats/summary?selfTest=true')).attempts, 4);
  });

  test('summary: counts after a revision are those of the newest one', async () => {
    const id = newAttemptId(Date.now() * 1000);
    const revise = async (depth: number) => {
      await publish(database, makeRecords([{ id, depth, channel: 'callback', outcome: 'abandoned' }], depth));
    };
    await revise(2);
    await revise(5);
    const { reached, outcomes } = await json<{ reached: number[]; outcomes: object }>(
      '/api/v1/stats/summary?channel=callback',
    );
    assert.deepEqual(reached, [1, 1, 1, 1, 1, 1, 0, 0, 0]);
    assert.deepEqual(outcomes, { abandoned: 1 });
  });

  test('timeseries: columns that add up, by what is asked', async () => {
    type Answer = { interval: string; times: number[]; lines: { name: string; attempts: number[] }[] };
    const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
    const series = await json<Answer>('/api/v1/stats/timeseries?window=1h&by=depth&interval=1m&channel=server');
    assert.equal(series.times.length, 60);
    assert.ok(series.lines.every(({ attempts }) => attempts.length === 60));
    assert.deepEqual(
      series.lines.map(({ name }) => name),
      ['0', '1', '2', '3'],
    );
    assert.equal(sum(series.lines.flatMap(({ attempts }) => attempts)), 35);
    const all = await json<Answer>('/api/v1/stats/timeseries?window=all&channel=server');
    assert.equal(sum(all.lines[0]?.attempts ?? []), 36);
    assert.equal(all.interval, '1h');
    assert.deepEqual(
      await problem('/api/v1/stats/timeseries?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z&interval=1m'),
      [400, 'REQUEST_INVALID'],
    );
    assert.deepEqual(await problem('/api/v1/stats/timeseries?from=2020-01-01T00:00:00Z'), [400, 'REQUEST_INVALID']);
  });

  test('status: ok while all beat, degraded when one is silent, down without the gateway', async () => {
    assert.equal((await status()).overall, 'ok');
    const { components, targets, log, database: said } = await status();
    assert.deepEqual(
      components.map(({ name, stale }) => [name, stale]),
      [
        ['gateway', false],
        ['ingest', false],
        ['supervisor', false],
      ],
    );
    assert.deepEqual([targets[0]?.emulated, targets[0]?.selfTestStale, said], [true, false, 'ok']);
    assert.ok((targets[0]?.uptimeS ?? 0) >= 3000);
    assert.ok((log?.lost ?? 0) >= 3);
    assert.ok(log?.completeUntil);
    const long = (Date.now() - 60_000) * 1000;
    await beat('supervisor', long);
    await until('status is degraded', async () => (await status()).overall === 'degraded');
    await beat('gateway', long);
    await until('status is down', async () => (await status()).overall === 'down');
    for (const name of ['gateway', 'supervisor']) await beat(name, Date.now() * 1000);
    await until('status is ok again', async () => (await status()).overall === 'ok');
  });

  test('status: a release is told by its alarm, before its row', async () => {
    const attemptId = newAttemptId(Date.now() * 1000);
    await new AttemptWriter(database.owner.pool).write({
      ...EMPTY_BATCH,
      alarms: [{ kind: 'released', raisedUs: Date.now() * 1000, target: 'prize', attemptId, detail: 'for operators' }],
    });
    const told = await until('the release is told', async () => {
      const now = await status();
      return now.targets[0]?.released ? now : null;
    });
    assert.equal(told.targets[0]?.released?.id, attemptId);
    assert.equal(told.targets[0]?.unclaimedSince, null);
    assert.deepEqual(
      told.alarms.map(({ kind, target }) => [kind, target]),
      [['released', 'prize']],
    );
    assert.ok(!JSON.stringify(told).includes('for operators'));
  });

  test('pinata.json names targets, ports, limits and links', async () => {
    type Answer = {
      schema: string;
      site: string;
      targets: TargetView[];
      limits: Record<string, number>;
      links: Record<string, string>;
    };
    const told = await json<Answer>('/.well-known/pinata.json');
    assert.equal(told.schema, 'pinata.installation/1');
    assert.equal(told.site, 'here');
    assert.equal(told.targets[0]?.limits?.chainMax, 8);
    assert.equal(told.limits.connectionsPerAddress, 16);
    assert.deepEqual([told.limits.connectionsPerNetwork, told.limits.placesPerNetwork], [64, 16]);
    assert.ok(told.links.rules?.endsWith('/rules'));
  });

  test('security.txt has what RFC 9116 demands', async () => {
    const response = await get('/.well-known/security.txt');
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
    const text = await response.text();
    assert.match(text, /^Contact: \S+$/m);
    const expires = Date.parse(/^Expires: (\S+)$/m.exec(text)?.[1] ?? '');
    assert.ok(expires > Date.now() && expires < Date.now() + 365 * 86_400_000);
  });

  test('schema: what every listed row is valid under', async () => {
    const schema = await json<Record<string, unknown>>('/schema/attempt-1.json');
    const { rows } = await json<{ rows: object[] }>('/api/v1/attempts');
    assert.ok(rows.length > 0 && rows.every(row => Check(schema, row)));
    const { columns } = await json<{ columns: { name: string }[] }>('/schema/attempt-1.columns.json');
    assert.ok(columns.some(({ name }) => name === 'result.outcome'));
  });

  test('alive and ready', async () => {
    assert.deepEqual(await json('/healthz'), { status: 'live' });
    assert.deepEqual(await json('/readyz'), { status: 'ready' });
  });

  test('unknown places, methods and parameters are problems', async () => {
    assert.deepEqual(await problem('/api/v1/nothing'), [404, 'NOT_FOUND']);
    assert.deepEqual(await problem('/api/v1/boots/%ZZ'), [400, 'REQUEST_INVALID']);
    for (const path of [
      '/status.json',
      '/api/v1/targets',
      '/api/v1/boots',
      '/live/snapshot.json',
      '/.well-known/pinata.json',
    ]) {
      assert.deepEqual(await problem(`${path}?nonsense=1`), [400, 'PARAMETER_UNKNOWN'], path);
    }
    const response = await fetch(`${api.url}/api/v1/attempts`, { method: 'DELETE' });
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD']);
  });
});
