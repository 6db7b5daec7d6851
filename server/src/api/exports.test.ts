import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../testing/until.ts';
import { ExportJobs, type JobLimits } from './exports/export-jobs.ts';
import type { RunningApi } from './start.ts';
import { makeRecords, publish } from './testing/records.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';

const ATTEMPTS = 300;
const UNGUESSABLE = '0'.repeat(32);

interface Job {
  id: string;
  state: string;
  rows: number;
  bytes: number;
  sha256: string;
  snapshot: number;
  file: string;
  why: string | null;
}

describe('a file that is ordered', { timeout: 60_000 }, () => {
  let database: TestDatabase;
  let api: RunningApi;
  before(async () => {
    database = await startTestDatabase();
    await publish(
      database,
      makeRecords(
        Array.from({ length: ATTEMPTS }, (_, n) => ({ depth: n % 9 })),
        3,
      ),
    );
    api = await startTestApi(database.apiUrl, { limits: { exportJobsPerAddress: 100, exportJobs: 100 } });
  });
  after(async () => {
    await api?.stop();
    await database?.stop();
  });

  const post = (body: object) =>
    fetch(`${api.url}/api/v1/exports`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  async function done(body: object): Promise<Job> {
    const answer = await post(body);
    assert.equal(answer.status, 202);
    const at = `${api.url}${answer.headers.get('location')}`;
    let job = (await answer.json()) as Job;
    await until('the file is written', async () => {
      job = (await (await fetch(at)).json()) as Job;
      return job.state === 'done' || job.state === 'failed';
    });
    assert.equal(job.state, 'done', job.why ?? '');
    return job;
  }

  test('is what the same question streams, and has the digest that is told', async () => {
    const job = await done({ format: 'jsonl', filter: { depthMin: 4 } });
    const answer = await fetch(`${api.url}${job.file}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const sha256 = createHash('sha256').update(bytes);
    assert.deepEqual([bytes.length, sha256.copy().digest('hex')], [job.bytes, job.sha256]);
    assert.equal(answer.headers.get('repr-digest'), `sha-256=:${sha256.digest('base64')}:`);
    const question = `format=jsonl&depthMin=4&snapshot=${job.snapshot}`;
    assert.equal(bytes.toString(), await (await fetch(`${api.url}/api/v1/attempts?${question}`)).text());
    assert.ok(job.rows > 100 && job.rows < ATTEMPTS);
  });

  test('can be fetched in parts, of one and the same file alone', async () => {
    const job = await done({ format: 'parquet' });
    const part = (range: string, more: Record<string, string> = {}) =>
      fetch(`${api.url}${job.file}`, { headers: { range, ...more } });
    const parts: Buffer[] = [];
    const size = Math.ceil(job.bytes / 3);
    for (let first = 0; first < job.bytes; first += size) {
      const answer = await part(`bytes=${first}-${first + size - 1}`, { 'if-range': `"${job.sha256}"` });
      assert.equal(answer.status, 206);
      parts.push(Buffer.from(await answer.arrayBuffer()));
    }
    assert.equal(createHash('sha256').update(Buffer.concat(parts)).digest('hex'), job.sha256);
    const other = await part('bytes=0-1', { 'if-range': '"other"' });
    assert.deepEqual([other.status, (await other.arrayBuffer()).byteLength], [200, job.bytes]);
    const beyond = await part(`bytes=${job.bytes}-`);
    assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, `bytes */${job.bytes}`]);
    await beyond.arrayBuffer();
  });

  test('is the same for the same order of the same snapshot', async () => {
    const first = await done({ format: 'zeek-conn' });
    const second = await done({ format: 'zeek-conn', snapshot: first.snapshot });
    assert.deepEqual([second.sha256, second.rows], [first.sha256, first.rows]);
    assert.notEqual(second.id, first.id);
  });

  test('is gone once it is cancelled', async () => {
    const job = await done({ format: 'csv' });
    const remove = () => fetch(`${api.url}/api/v1/exports/${job.id}`, { method: 'DELETE' });
    assert.deepEqual([(await remove()).status, (await remove()).status], [204, 404]);
    assert.equal((await fetch(`${api.url}${job.file}`)).status, 404);
  });

  test('cannot be of what is not public, of another time, or of nothing', async () => {
    const wrong: object[] = [
      { format: 'pcapng' },
      { format: 'jsonl', tier: 'R' },
      { format: 'jsonl', snapshot: 1e9 },
      { format: 'jsonl', filter: { foo: 1 } },
      { format: 'jsonl', filter: { from: '2026-13-01' } },
      {},
    ];
    for (const body of wrong) assert.equal((await post(body)).status, 400, JSON.stringify(body));
    assert.equal((await fetch(`${api.url}/api/v1/exports/${UNGUESSABLE}`)).status, 404);
  });

  describe('of its jobs', () => {
    const LIMITS: JobLimits = {
      exportJobsPerAddress: 2,
      exportJobs: 3,
      exportJobBytes: 1 << 30,
      exportJobKeptMs: 60_000,
    };
    const subject = { format: 'jsonl', tier: 'P', snapshot: ATTEMPTS, filter: {}, asOf: null } as const;

    async function jobsIn(limits: Partial<JobLimits>): Promise<{ jobs: ExportJobs; folder: string }> {
      const folder = join(await mkdtemp(join(tmpdir(), 'pinata-jobs-')), 'exports');
      return { jobs: new ExportJobs(folder, database.apiUrl, { ...LIMITS, ...limits }), folder };
    }
    const end = async ({ jobs, folder }: Awaited<ReturnType<typeof jobsIn>>) => {
      await jobs.stop();
      assert.equal(existsSync(folder), false);
      await rm(join(folder, '..'), { recursive: true });
    };

    test('there are few, for one address and in all, until some are cancelled', async () => {
      const held = await jobsIn({});
      const first = await held.jobs.order(subject, '192.0.2.1');
      await held.jobs.order(subject, '192.0.2.1');
      await assert.rejects(held.jobs.order(subject, '192.0.2.1'), { code: 'OVERLOADED' });
      await held.jobs.order(subject, '192.0.2.2');
      await assert.rejects(held.jobs.order(subject, '192.0.2.3'), { code: 'OVERLOADED' });
      await held.jobs.cancel(first.id);
      await held.jobs.order(subject, '192.0.2.3');
      await end(held);
    });

    test('one that is cancelled while it is written leaves nothing, and the next has its turn', async () => {
      const held = await jobsIn({});
      const first = await held.jobs.order(subject, '192.0.2.1');
      const second = await held.jobs.order(subject, '192.0.2.1');
      assert.deepEqual([first.state, second.state], ['running', 'queued']);
      await held.jobs.cancel(first.id);
      await until('the second is written', () => second.state === 'done');
      assert.deepEqual(await readdir(held.folder), [second.id]);
      await end(held);
    });

    test('one that grows too large is given up, and takes no room', async () => {
      const held = await jobsIn({ exportJobBytes: 1000 });
      const job = await held.jobs.order({ ...subject, format: 'jsonl' }, '192.0.2.1');
      await until('it has an end', () => job.state === 'failed' || job.state === 'done');
      assert.deepEqual([job.state, /1000 bytes/.test(job.why ?? '')], ['failed', true]);
      await until('nothing is left', async () => (await readdir(held.folder)).length === 0);
      await end(held);
    });

    test('one that is done is removed after a while', async () => {
      const held = await jobsIn({ exportJobKeptMs: 1 });
      const job = await held.jobs.order(subject, '192.0.2.1');
      await until('it is gone', () => held.jobs.find(job.id) === undefined);
      await until('nothing is left', async () => (await readdir(held.folder)).length === 0);
      await end(held);
    });
  });
});
