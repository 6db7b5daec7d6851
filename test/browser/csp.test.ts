import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { APP_PAGES } from '../../server/src/api/routes/pages.ts';
import type { RunningApi } from '../../server/src/api/start.ts';
import { bootTarget } from '../../server/src/api/testing/boots.ts';
import { makeRecords, publish } from '../../server/src/api/testing/records.ts';
import { startTestApi } from '../../server/src/api/testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from '../../server/src/api/testing/test-database.ts';
import { until } from '../../server/src/testing/until.ts';
import { ROOT } from '../e2e/installation.ts';
import { launch, openPage } from './browser.ts';

const CLASS = 'E01_no_certificate';

/** Notes in every document, before anything else runs, what the browser refused. */
const NOTE_VIOLATIONS = `window.violations = [];
document.addEventListener('securitypolicyviolation', event => window.violations.push(event.effectiveDirective));`;

/** What a page must not be able to do, and the directive that forbids it. \`canary\` stays undefined. */
const FORBIDDEN: readonly [name: string, script: string, directive: string][] = [
  [
    'an inline script',
    `add('script', e => e.append('window.canary = 1'))`,
    'require-trusted-types-for|script-src-elem',
  ],
  [
    'a script from elsewhere',
    `add('script', e => e.setAttribute('src', 'http://canary.invalid/x.js'))`,
    'require-trusted-types-for|script-src-elem',
  ],
  [
    'markup from a string',
    `document.body.innerHTML = '<img src=x onerror="window.canary = 1">'`,
    'require-trusted-types-for',
  ],
  ['markup written', `document.write('<script>window.canary = 1</scr' + 'ipt>')`, 'require-trusted-types-for'],
  ['a policy of its own', `trustedTypes.createPolicy('canary', { createHTML: text => text })`, 'trusted-types'],
  [
    'a handler in an attribute',
    `add('button', e => { e.setAttribute('onclick', 'window.canary = 1'); e.click(); })`,
    'require-trusted-types-for|script-src-attr',
  ],
  [
    'a script in an address',
    `add('a', e => { e.href = 'javascript:window.canary = 1'; e.click(); })`,
    'require-trusted-types-for|script-src-elem',
  ],
  ['eval', `(0, eval)('window.canary = 1')`, 'require-trusted-types-for|script-src'],
  ['a function from a string', `new Function('window.canary = 1')()`, 'require-trusted-types-for|script-src'],
  ['a timer from a string', `setTimeout('window.canary = 1', 0)`, 'require-trusted-types-for|script-src'],
  ['a style attribute', `add('p', e => e.setAttribute('style', 'color: red'))`, 'style-src-attr'],
  ['a style element', `add('style', e => e.append('* { display: none }'))`, 'style-src-elem'],
  [
    'a style sheet from elsewhere',
    `add('link', e => { e.rel = 'stylesheet'; e.href = 'http://canary.invalid/x.css'; })`,
    'style-src-elem',
  ],
  ['an image from elsewhere', `add('img', e => { e.src = 'http://canary.invalid/x.png'; })`, 'img-src'],
  ['an image from a string', `add('img', e => { e.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='; })`, 'img-src'],
  ['a request elsewhere', `fetch('http://canary.invalid/').catch(() => {})`, 'connect-src'],
  ['a beacon', `navigator.sendBeacon('http://canary.invalid/', 'x')`, 'connect-src'],
  ['a socket', `new WebSocket('ws://canary.invalid/')`, 'connect-src'],
  ['a frame', `add('iframe', e => { e.src = 'http://canary.invalid/'; })`, 'frame-src'],
  ['an object', `add('object', e => { e.data = '/icon.svg'; })`, 'require-trusted-types-for|object-src'],
  ['a medium', `add('video', e => { e.src = '/x.mp4'; })`, 'media-src'],
  [
    'a font from elsewhere',
    `document.fonts.add(new FontFace('x', 'url(http://canary.invalid/x)')), document.fonts.load('1em x').catch(() => {})`,
    'font-src',
  ],
  [
    'a worker from a string',
    `new Worker(URL.createObjectURL(new Blob(['1'])))`,
    'require-trusted-types-for|worker-src',
  ],
  ['another base', `add('base', e => { e.href = 'http://canary.invalid/'; })`, 'base-uri'],
  ['a form elsewhere', `add('form', e => { e.action = 'http://canary.invalid/'; }).submit()`, 'form-action'],
];

describe('what the browser is told to refuse', () => {
  let database: TestDatabase;
  let api: RunningApi;
  let browser: Browser;
  let paths: string[];

  before(async () => {
    database = await startTestDatabase();
    const bootId = await bootTarget(database, 'prize');
    await bootTarget(database, 'practice');
    const records = makeRecords(Array.from({ length: 20 }, (_, at) => ({ depth: at % 8, bootId, classes: [CLASS] })));
    await publish(database, records);
    api = await startTestApi(database.apiUrl, { dashboard: join(ROOT, 'dashboard/dist') });
    browser = await launch();
    const attempt = records[0]?.id ?? '';
    paths = ['/', '/docs', '/no-such-page', ...APP_PAGES].map(path =>
      path.replace(':id', path.includes('classes') ? CLASS : attempt),
    );
  });
  after(async () => {
    await browser?.close();
    await api?.stop();
    await database?.stop();
  });

  async function open(path: string): Promise<{ page: Page; elsewhere: string[] }> {
    const { page } = await openPage(browser);
    const elsewhere: string[] = [];
    page.on('requestfinished', request => request.url().startsWith(api.url) || elsewhere.push(request.url()));
    await page.addInitScript(NOTE_VIOLATIONS);
    await page.goto(api.url + path);
    return { page, elsewhere };
  }

  test('every page is sent with all of it, and is not for other origins', async () => {
    for (const path of paths) {
      const { headers } = await fetch(api.url + path, { headers: { accept: 'text/html' } });
      const policy = headers.get('content-security-policy') ?? '';
      for (const part of [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ])
        assert.ok(policy.split(';').includes(part), `${path}: ${part}`);
      assert.doesNotMatch(policy, /unsafe|data:|blob:|https?:|\*/, path);
      assert.deepEqual(
        [
          'cross-origin-opener-policy',
          'cross-origin-resource-policy',
          'x-content-type-options',
          'referrer-policy',
          'access-control-allow-origin',
          'set-cookie',
        ].map(name => headers.get(name)),
        ['same-origin', 'same-origin', 'nosniff', 'no-referrer', null, null],
        path,
      );
      assert.match(headers.get('permissions-policy') ?? '', /camera=\(\).*geolocation=\(\)/, path);
    }
  });

  test('the data is for other origins, and no cookie goes with it', async () => {
    const { headers } = await fetch(`${api.url}/api/v1/attempts`);
    assert.deepEqual(
      [
        'access-control-allow-origin',
        'access-control-allow-credentials',
        'cross-origin-resource-policy',
        'x-content-type-options',
        'set-cookie',
      ].map(name => headers.get(name)),
      ['*', null, 'cross-origin', 'nosniff', null],
    );
  });

  test('no page asks for what is refused, or for anything elsewhere, or has a script or a style in it', async () => {
    for (const path of paths) {
      const { page, elsewhere } = await open(path);
      await page.locator('h1').first().waitFor();
      await page.waitForLoadState('load');
      assert.deepEqual(await page.evaluate('window.violations'), [], path);
      assert.deepEqual(elsewhere, [], path);
      // Styles that the app sets one by one through the object model are neither sent nor parsed.
      const inline = await page.evaluate(
        `document.querySelectorAll('script:not([src]):not([type="application/json"]), style').length
         + [...document.querySelectorAll('*')].filter(e => e.getAttributeNames().some(name => name.startsWith('on'))).length`,
      );
      assert.equal(inline, 0, path);
      const sent = await (await fetch(api.url + path, { headers: { accept: 'text/html' } })).text();
      assert.doesNotMatch(sent, /<style|\sstyle=|\son\w+=|<script(?![^>]*(\ssrc=|type="application\/json"))/i, path);
      await page.context().close();
    }
  });

  test('whatever gets into a page nevertheless can do nothing', async () => {
    const { page, elsewhere } = await open('/rules');
    await page.locator('h1').waitFor();
    for (const [name, script, directive] of FORBIDDEN) {
      // Later: what a debugger runs itself is exempt from the policy.
      await page.evaluate(`window.violations.length = 0, setTimeout(() => {
        const add = (tag, change) => {
          const e = document.createElement(tag);
          change(e);
          document.body.append(e);
          if (tag === 'a' || tag === 'button') e.click();
          return e;
        };
        try { ${script} } catch {}
      }) && undefined`);
      const seen = () => page.evaluate('window.violations') as Promise<string[]>;
      const expected = new RegExp(`^(${directive})$`);
      await until(`${name} is refused`, async () => (await seen()).some(one => expected.test(one)), 5_000);
      assert.equal(await page.evaluate('window.canary'), undefined, name);
    }
    assert.deepEqual(
      elsewhere.filter(url => !url.startsWith('data:') && !url.startsWith('blob:')),
      [],
    );
    await page.context().close();
  });

  test('a page elsewhere cannot put one of ours into a frame', async () => {
    const { page } = await openPage(browser);
    await page.route('http://elsewhere.invalid/', route =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="${api.url}/"></iframe>` }),
    );
    await page.goto('http://elsewhere.invalid/');
    await page.waitForLoadState('load');
    const [frame] = page.frames().slice(1);
    assert.ok(frame);
    assert.match(frame.url(), /^chrome-error:/);
    await page.context().close();
  });
});
