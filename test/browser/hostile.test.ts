import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { until } from '../../server/src/testing/until.ts';
import { type Installation, removeInstallation, startInstallation } from '../e2e/installation.ts';
import { FOR_PAGES, type Hostile } from '../hostile/corpus.ts';
import { type Delivered, deliver } from '../hostile/deliver.ts';
import { FIELDS } from '../hostile/fields.ts';
import { launch } from './browser.ts';

const TABS = 2;
/** The fields whose text a page shows, and one of those that are only counted. */
const SHOWN = FIELDS.filter(({ name }) => ['server name', 'certificate of a client', 'HTTP request'].includes(name));
/** A string without any meaning: what its pages consist of, others may. */
const TWIN: Hostile = { name: 'harmless', bytes: Buffer.alloc(60, 'x') };
/** Enough to try in addresses, which are escaped in one place. */
const IN_ADDRESSES = FOR_PAGES.slice(0, 5);
/** What a page consists of, as the browser sees it: how many elements of which tag; and what a stranger could have put into it. */
const LOOK = `(() => {
  const tags = {};
  const intruders = [];
  for (const e of document.querySelectorAll('*')) {
    tags[e.localName] = (tags[e.localName] ?? 0) + 1;
    for (const { name, value } of e.attributes) {
      const leads = ['href', 'src', 'action', 'data', 'xlink:href'].includes(name);
      if (name.startsWith('on') || (name === 'id' && value.startsWith('canary'))) intruders.push(e.outerHTML);
      if (leads && new URL(value, location.href).origin !== location.origin) intruders.push(e.outerHTML);
    }
  }
  return { tags, intruders, canary: window.canary ?? null, bidi: /[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.textContent) };
})()`;

interface Look {
  tags: Record<string, number>;
  intruders: string[];
  canary: unknown;
  bidi: boolean;
}

/** A page in which everything that a script could do is noticed, and what it has asked the API and not got yet. */
interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly pending: ReadonlySet<Request>;
}

describe('strings that mean something to a browser', () => {
  let it: Installation;
  let browser: Browser;
  let delivered: Delivered[];
  const alarms: string[] = [];

  before(async () => {
    it = await startInstallation();
    browser = await launch();
    delivered = await deliver(it, [...FOR_PAGES, TWIN], SHOWN);
  });
  after(async () => {
    await browser?.close();
    await it?.stop();
    if (it) await removeInstallation(it);
  });

  async function openWatched(options: { javaScriptEnabled?: boolean } = {}): Promise<Watched> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on('dialog', dialog => {
      alarms.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('pageerror', error => alarms.push(`an error: ${error.message}`));
    page.on('console', message => message.type() === 'error' && alarms.push(`a complaint: ${message.text()}`));
    page.on('request', request => {
      if (!request.url().startsWith(it.url) || /canary[.\w]*$/.test(request.url()))
        alarms.push(`a request: ${request.url()}`);
    });
    const pending = new Set<Request>();
    page.on(
      'request',
      request => request.url().includes('/api/') && !request.url().includes('/stream') && pending.add(request),
    );
    page.on('requestfinished', request => pending.delete(request));
    page.on('requestfailed', request => pending.delete(request));
    return { page, context, pending };
  }

  async function look({ page, pending }: Watched, path: string): Promise<Look> {
    await page.goto(it.url + path);
    await page.locator('h1').first().waitFor();
    await until(`${path} has all its data`, () => pending.size === 0);
    // What is kept back at first is as much a stranger's.
    await page.evaluate(
      "document.querySelectorAll('details:not([open]) > summary').forEach(summary => summary.click())",
    );
    await until(`${path} has all its data`, () => pending.size === 0);
    return (await page.evaluate(LOOK)) as Look;
  }

  function assertInert({ intruders, canary, bidi }: Look, where: string): void {
    assert.deepEqual(intruders, [], where);
    assert.equal(canary, null, where);
    assert.equal(bidi, false, where);
    assert.deepEqual(alarms, [], where);
  }

  test('on the page of an attempt they are text: it has no element that a harmless string does not bring about', async () => {
    const looks = new Map<string, Look>();
    const todo = [...delivered];
    const worker = async () => {
      const watched = await openWatched();
      for (let one = todo.pop(); one; one = todo.pop()) looks.set(one.id, await look(watched, `/attempts/${one.id}`));
      await watched.context.close();
    };
    await Promise.all(Array.from({ length: TABS }, worker));
    const tagsOf = (all: readonly Delivered[]) =>
      new Set(all.flatMap(({ id }) => Object.keys(looks.get(id)?.tags ?? {})));
    const harmless = tagsOf(delivered.filter(({ hostile }) => hostile === TWIN));
    for (const one of delivered) {
      const seen = looks.get(one.id);
      assert.ok(seen);
      assertInert(seen, `${one.field.name}: ${one.hostile.name}`);
      assert.deepEqual([...tagsOf([one]).difference(harmless)], [], `${one.field.name}: ${one.hostile.name}`);
    }
  });

  test('on the lists and in addresses they are text, with and without JavaScript', async () => {
    const watched = await openWatched();
    for (const path of ['/', '/attempts', '/classes']) assertInert(await look(watched, path), path);
    for (const { bytes } of IN_ADDRESSES) {
      const name = encodeURIComponent(bytes.toString());
      for (const path of [
        `/attempts?ja4=${name}`,
        `/attempts?${name}`,
        `/classes/${name}`,
        `/${name}`,
        `/verify?attempt=${name}`,
      ]) {
        // The service says no to such an address, and the browser notes that.
        const { intruders, canary } = await look(watched, path);
        assert.deepEqual([intruders, canary], [[], null], path);
        assert.deepEqual(
          alarms.splice(0).filter(alarm => !/status of 4|a request/.test(alarm)),
          [],
          path,
        );
      }
    }
    await watched.context.close();
    const plain = await openWatched({ javaScriptEnabled: false });
    await plain.page.goto(it.url);
    assert.equal(await plain.page.locator('[id^=canary]').count(), 0);
    assert.deepEqual(alarms, []);
    await plain.context.close();
  });
});
