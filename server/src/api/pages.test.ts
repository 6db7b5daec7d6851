import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { builtDashboard } from './dashboard.ts';
import { dataBlock, escapeHtml } from './html.ts';
import { plainPage } from './plain-page.ts';
import type { Snapshot } from './snapshot.ts';
import type { RunningApi } from './start.ts';
import { attempt } from './testing/listed.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';

const HOSTILE = `</script><img src=x onerror="alert(1)">'&$&`;
const TEMPLATE = '<html><head><!--head--></head><body><div id="app"><!--app--></div><!--data--></body></html>';
const SILENT = { warn: () => {} };

const SNAPSHOT: Snapshot = {
  cursor: 1,
  generatedAt: '2026-11-24T08:00:00Z',
  site: HOSTILE,
  targets: [],
  health: 'ok',
  feed: { state: 'live', because: null, completeUntil: '2026-11-24T08:00:00Z' },
  summary: {
    window: '24h',
    from: null,
    to: '2026-11-24T08:00:00Z',
    attempts: 1,
    refused: 0,
    reached: [1, 0, 0, 0, 0, 0, 0, 0, 0],
    outcomes: {},
    perMinute: [],
  },
  attempts: [attempt({ target: HOSTILE, outcome: HOSTILE })],
  firsts: [],
  announcements: [],
};
const asText = (value: Snapshot) => ({ value, json: JSON.stringify(value), tag: 'W/"1"' });

/** What a browser would take for the content of the block. */
function readBlock(html: string): unknown {
  const start = html.indexOf('id="snapshot">') + 'id="snapshot">'.length;
  return JSON.parse(html.slice(start, html.indexOf('</script>', start)));
}

test('a data block is not ended by what is in it, and reads back the same', () => {
  const html = dataBlock('snapshot', JSON.stringify(SNAPSHOT));
  assert.equal(html.split('</script>').length, 2);
  assert.deepEqual(readBlock(html), SNAPSHOT);
});

test('text is escaped for every place in HTML', () => {
  assert.equal(escapeHtml('<a b="c" d=\'e\'>&'), '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
});

test('the plain page shows the facts and nothing that runs', () => {
  const html = plainPage(SNAPSHOT);
  assert.ok(html.includes('has not been built'));
  assert.ok(!/<script|<img|style=/.test(html));
});

test('the first page is rendered once per snapshot, with the snapshot beside it', () => {
  let rendered = 0;
  const render = () => {
    rendered += 1;
    return { head: '<title>$& $1</title>', html: '<p>rows $`</p>' };
  };
  const dashboard = builtDashboard('/files', TEMPLATE, render, SILENT);
  const html = dashboard.firstPage(asText(SNAPSHOT)).html;
  assert.equal(dashboard.firstPage(asText(SNAPSHOT)).html, html);
  assert.equal(rendered, 1);
  assert.ok(html.includes('<title>$& $1</title>') && html.includes('<p>rows $`</p>'));
  assert.deepEqual(readBlock(html), SNAPSHOT);
});

test('a renderer that fails leaves the page to the browser', () => {
  const fail = () => {
    throw new Error('no');
  };
  const html = builtDashboard('/files', TEMPLATE, fail, SILENT).firstPage(asText(SNAPSHOT)).html;
  assert.ok(html.includes('<div id="app"></div>'));
  assert.deepEqual(readBlock(html), SNAPSHOT);
});

describe('the pages', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let api: RunningApi;
  let folder: string;
  const get = (path: string, headers: Record<string, string> = {}) => fetch(api.url + path, { headers });

  before(async () => {
    database = await startTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'pinata-dashboard-'));
    await mkdir(join(folder, 'client/assets'), { recursive: true });
    await mkdir(join(folder, 'server'));
    await writeFile(join(folder, 'client/index.html'), TEMPLATE);
    await writeFile(join(folder, 'client/icon.svg'), '<svg/>');
    await writeFile(join(folder, 'client/assets/app-1a2b.js'), 'export {}');
    await writeFile(
      join(folder, 'server/ssr.js'),
      'export const render = s => ({ head: "", html: "cursor " + s.cursor });',
    );
    await writeFile(join(folder, 'server/package.json'), '{"type":"module"}');
    api = await startTestApi(database.apiUrl, { dashboard: folder });
  });
  after(async () => {
    await api?.stop();
    await database?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('the first page says something without JavaScript', async () => {
    const response = await get('/');
    const html = await response.text();
    assert.ok(html.includes('<div id="app">cursor 0</div>'));
    assert.equal((readBlock(html) as Snapshot).cursor, 0);
    assert.match(response.headers.get('cache-control') ?? '', /s-maxage=2/);
  });

  test('every page of the app has an address, with parameters of its own', async () => {
    for (const path of [
      '/attempts?depthMin=4',
      '/attempts/01a20cb1-0af8-787a-8a3a-523a38847e13',
      '/classes',
      '/classes/C34_known_tool:openssl-3.0',
      '/targets',
      '/rules',
    ]) {
      const response = await get(path);
      assert.deepEqual(
        [response.status, response.headers.get('content-type')],
        [200, 'text/html; charset=utf-8'],
        path,
      );
    }
    assert.equal((await get('/nothing')).status, 404);
    assert.match((await get('/nothing')).headers.get('content-type') ?? '', /problem\+json/);
    const typed = await get('/nothing', { accept: 'text/html,application/xhtml+xml' });
    assert.deepEqual([typed.status, typed.headers.get('content-type')], [404, 'text/html; charset=utf-8']);
    assert.equal((await get('/index.html')).status, 404);
    assert.equal((await get('/..%2fserver/ssr.js')).status, 404);
  });

  test('files named by their content are kept for ever, others are asked for again', async () => {
    assert.match((await get('/assets/app-1a2b.js')).headers.get('cache-control') ?? '', /immutable/);
    assert.match((await get('/icon.svg')).headers.get('cache-control') ?? '', /max-age=300$/);
  });

  test('a page that did not change is 304', async () => {
    const tag = (await get('/rules')).headers.get('etag') ?? '';
    const again = await get('/rules', { 'if-none-match': tag });
    assert.equal(again.status, 304);
  });

  test('nothing may run but our own scripts, and only through one policy', async () => {
    const csp = (await get('/')).headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "require-trusted-types-for 'script'",
      'trusted-types svelte-trusted-html',
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]) {
      assert.ok(csp.split(';').includes(rule), rule);
    }
    assert.ok(!/unsafe|\*|https?:/.test(csp));
    assert.equal((await get('/')).headers.get('x-content-type-options'), 'nosniff');
    assert.equal((await get('/')).headers.get('set-cookie'), null);
  });

  test('data may be read from other origins, pages may not', async () => {
    assert.equal((await get('/api/v1/attempts')).headers.get('access-control-allow-origin'), '*');
    assert.equal((await get('/')).headers.get('access-control-allow-origin'), null);
  });
});
