import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import pino from 'pino';
import { readConfig } from '../config.ts';
import type { Queryable } from '../export/attempt-pages.ts';
import { buildApp } from './app.ts';
import { openDashboard } from './dashboard.ts';
import { ExportJobs } from './exports/export-jobs.ts';
import { LIMITS } from './limits.ts';
import { Feed } from './live/feed.ts';
import { Hub } from './live/hub.ts';
import { makeRecords } from './testing/records.ts';
import { until } from './testing/until.ts';

const PAGES = 400;
/** What the kernel's buffers and one stream's may hold; the whole file is many times that. */
const READ_AHEAD_MAX_PAGES = 100;
const STEADY_LOOKS = 20;
const SILENT = pino({ level: 'silent' });

/** A log of `PAGES` full pages that counts how many were asked for. */
function endlessLog(): Queryable & { pages: number } {
  const [record] = makeRecords([{ alpn: ['x'.repeat(64)] }]);
  const log = {
    pages: 0,
    query: async <T extends object>(text: string): Promise<T[]> => {
      if (text === 'select change from counter') return [{ change: PAGES }] as T[];
      if (text.includes('from attempt_day')) return [{ dayUs: 0, firstSeq: 1, lastSeq: PAGES }] as T[];
      const limit = Number(/limit (\d+)$/.exec(text)?.[1] ?? 0);
      if (!text.includes('from attempt') || log.pages >= PAGES) return [];
      log.pages += 1;
      const row = { seq: log.pages, revision: 1, change: 1, leaf_hash: '', record };
      return Array.from({ length: limit }, () => row) as T[];
    },
  };
  return log;
}

test('an export waits for its reader, and gives its place back when the reader goes', async t => {
  const log = endlessLog();
  const config = readConfig({});
  const limits = { ...LIMITS, exportsPerAddress: 1 };
  const feed = new Feed(log, config);
  const hub = new Hub(feed, SILENT, limits);
  const dashboard = await openDashboard('/nonexistent', SILENT);
  const exports = new ExportJobs('/nonexistent', '', limits);
  const app = await buildApp({ config, database: log, feed, hub, limits, dashboard, exports }, SILENT);
  t.after(() => app.close());
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const path = '/api/v1/attempts?format=jsonl';

  const reader = connect(port, '127.0.0.1');
  await once(reader, 'connect');
  reader.pause();
  reader.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`);
  let last = 0;
  let steady = 0;
  await until('it stops reading ahead', () => {
    steady = log.pages > 0 && log.pages === last ? steady + 1 : 0;
    last = log.pages;
    return steady >= STEADY_LOOKS;
  });
  assert.ok(last < READ_AHEAD_MAX_PAGES, `${last} of ${PAGES} pages were read for nobody`);

  const second = await fetch(`http://127.0.0.1:${port}${path}&limit=1`);
  assert.equal(second.status, 503);
  assert.equal(((await second.json()) as { code: string }).code, 'OVERLOADED');
  reader.destroy();
  await until('the place is free', async () => {
    const third = await fetch(`http://127.0.0.1:${port}${path}&limit=1`);
    await third.text();
    return third.status === 200;
  });
});
