import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Format } from '../../server/src/export/formats/format.ts';
import { ROW_FORMATS } from '../../server/src/export/formats.ts';
import { rowPages } from '../../server/src/export/row-pages.ts';
import { until } from '../../server/src/testing/until.ts';
import { type RowFormat, startTestLog, type TestLog } from './log.ts';

/** Three days of so many each, so that the first are written while the last cannot be read. */
const USUAL = 12_000;
const MAIN = join(import.meta.dirname, '../../server/src/cli/main.ts');

describe('an export that is interrupted', { timeout: 120_000 }, () => {
  let log: TestLog;
  before(async () => {
    log = await startTestLog({ usual: USUAL, hostile: 20 });
  });
  after(() => log?.stop());

  /** Small chunks, so that there are many places to be interrupted at. */
  async function smallChunks(name: RowFormat): Promise<Format> {
    return { ...(await ROW_FORMATS[name]()), chunkRows: 200, pageRows: 100 };
  }

  function pagesUpTo(pages: number, format: Format) {
    return async function* (start: number | null) {
      let left = pages;
      for await (const page of rowPages(log.reader, { filter: FEW, snapshot: log.snapshot }, format.pageRows, start)) {
        if (left-- === 0) throw new Error('the power went');
        yield page;
      }
    };
  }
  const FEW = { before: 1_301 };

  for (const name of ['jsonl', 'csv', 'parquet', 'zeek-ssl', 'hellos'] as const) {
    test(`and gone on with is the same file: ${name}`, async () => {
      const format = await smallChunks(name);
      const order = (pages: number) => ({ format, pages: pagesUpTo(pages, format) });
      const whole = await log.write(name, `${name}.whole`, order(Number.POSITIVE_INFINITY));
      const file = `${name}.broken`;
      for (const pages of [1, 3, 4]) await assert.rejects(log.write(name, file, { ...order(pages), resume: true }));
      // What a power cut left behind the last whole chunk, however much.
      await appendFile(join(log.folder, `${file}.part`), Buffer.alloc(8 << 20));
      await appendFile(join(log.folder, `${file}.part.log`), '{"rows": 1');
      const resumed = await log.write(name, file, { ...order(Number.POSITIVE_INFINITY), resume: true });
      assert.deepEqual([resumed.sha256, resumed.rows], [whole.sha256, 1_300]);
      assert.ok(resumed.resumedAt >= 600, `${resumed.resumedAt}`);
      assert.ok((await readFile(resumed.path)).equals(await readFile(whole.path)), 'byte for byte');
      assert.deepEqual(
        (await readdir(log.folder)).filter(one => one.startsWith(`${file}.`)),
        [],
      );
    });
  }

  test('is not gone on with where its bytes are others, or where something else is asked for', async () => {
    const format = await smallChunks('jsonl');
    const broken = { format, pages: pagesUpTo(4, format), resume: true };
    const path = join(log.folder, 'other.jsonl');
    await assert.rejects(log.write('jsonl', 'other.jsonl', broken), /the power went/);
    await assert.rejects(log.write('jsonl', 'other.jsonl', { ...broken, resume: false }), {
      code: 'EXPORT_UNFINISHED',
    });
    const asks = { ...broken, subject: 'something else' };
    await assert.rejects(log.write('jsonl', 'other.jsonl', asks), { code: 'EXPORT_CANNOT_RESUME' });
    const bytes = await readFile(`${path}.part`);
    await writeFile(`${path}.part`, bytes.fill('x', 10, 11));
    await assert.rejects(log.write('jsonl', 'other.jsonl', broken), { code: 'EXPORT_CANNOT_RESUME' });
    await truncate(`${path}.part`, 5);
    await assert.rejects(log.write('jsonl', 'other.jsonl', broken), { code: 'EXPORT_CANNOT_RESUME' });
  });

  describe('at the command line, while the database holds it up', () => {
    test('by kill -9, and gone on with, is the same file', async () => {
      const args = ['--format', 'jsonl', '--snapshot', String(log.snapshot)];
      const whole = await finished(pinata([...args, '--out', 'whole.jsonl']));
      const broken = join(log.folder, 'killed.jsonl');
      await whileHeldUp(async () => {
        const child = pinata([...args, '--out', broken]);
        await marked(broken, child);
        child.kill('SIGKILL');
        await once(child, 'exit');
      });
      assert.ok(existsSync(`${broken}.part`));
      const resumed = await finished(pinata(['--format', 'jsonl', '--resume', '--out', broken]));
      assert.match(resumed, /of which [24]000 were there already/);
      const digestOf = (text: string) => /^sha256 +([0-9a-f]{64})$/m.exec(text)?.[1];
      assert.equal(digestOf(resumed), digestOf(whole));
      assert.ok(digestOf(whole));
    });

    test('by Ctrl-C leaves nothing behind', async () => {
      const path = join(log.folder, 'cancelled.jsonl');
      const child = await whileHeldUp(async () => {
        const started = pinata(['--format', 'jsonl', '--out', path]);
        await marked(path, started);
        started.kill('SIGINT');
        return started;
      });
      const [status] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
      assert.equal(status, 130);
      assert.deepEqual(
        (await readdir(log.folder)).filter(one => one.startsWith('cancelled')),
        [],
      );
    });
  });

  /** Nobody can read the last day in the meantime. */
  async function whileHeldUp<T>(work: () => Promise<T>): Promise<T> {
    const client = await log.server.owner.pool.connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        `select inhrelid::regclass::text as name from pg_inherits
         where inhparent = 'attempt'::regclass and inhrelid <> 'attempt_default'::regclass order by 1 desc limit 1`,
      );
      await client.query('begin');
      await client.query(`lock table ${rows[0]?.name} in access exclusive mode`);
      return await work();
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  function pinata(args: readonly string[]): ChildProcess {
    const { PATH = '' } = process.env;
    const env = { PATH, PINATA_DATA: join(log.folder, 'data'), PINATA_API_DATABASE_URL: log.server.apiUrl };
    return spawn(process.execPath, [MAIN, 'export', ...args], {
      env,
      cwd: log.folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  /** Until a chunk of it is whole. */
  async function marked(path: string, child: ChildProcess): Promise<void> {
    await until('a chunk is whole', () => {
      assert.equal(child.exitCode, null, 'it is still at work');
      return existsSync(`${path}.part.log`) && readFileSync(`${path}.part.log`, 'utf8').split('\n').length > 2;
    });
  }
});

async function finished(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', chunk => (text += chunk));
  const [status] = await once(child, 'close');
  assert.equal(status, 0);
  return text;
}
