import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { putAnnouncement } from '../../server/src/admin/announcements.ts';
import { raiseAlarms } from '../../server/src/store/log-tables.ts';
import { inTransaction } from '../../server/src/store/transaction.ts';
import { until } from '../../server/src/testing/until.ts';
import { nowMicros } from '../../server/src/wire/ids.ts';
import { ROOT } from '../e2e/installation.ts';
import { axeViolations, launch, openPage } from './browser.ts';
import { type LiveSite, startLiveSite } from './live-site.ts';

const SHOTS = join(ROOT, 'data', 'screenshots');
const DATA = /\/(api\/v1\/|live\/|status\.json)/;
const BUSY = { code: 'DATABASE_DOWN', title: 'Unavailable', detail: 'The database rests for a moment.' };
const ANNOUNCEMENT = 'At noon the prize is restarted.';

let site: LiveSite;
let browser: Browser;

before(async () => {
  site = await startLiveSite();
  browser = await launch();
  mkdirSync(SHOTS, { recursive: true });
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

async function blank(t: TestContext): Promise<{ page: Page; complaints: string[] }> {
  const opened = await openPage(browser, { viewport: { width: 320, height: 700 } });
  t.after(() => opened.page.context().close());
  return opened;
}

const shoot = (page: Page, name: string) => page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
const widthOf = async (page: Page) => Number(await page.evaluate('document.documentElement.scrollWidth'));

/** What stands on a view while nothing was ever recorded, while its data is on its way, and where that does not come. */
const views = (id: string): [name: string, path: string, empty: RegExp | null, loading: RegExp, failed: RegExp][] => [
  ['live', '/', /Nobody has tried yet/, /Counting…/, /rests for a moment/],
  ['attempts', '/attempts', /No attempt fits yet/, /Loading…/, /rests for a moment/],
  ['attempt', `/attempts/${id}`, null, /Loading…/, /rests for a moment/],
  ['classes', '/classes', /Unknown: of no class/, /Loading…/, /rests for a moment/],
  ['class', '/classes/E01_no_certificate', /Nobody has been seen to do this yet/, /Loading…/, /rests for a moment/],
  ['targets', '/targets', null, /Loading…/, /rests for a moment/],
  ['status', '/status', /None was ever raised/, /Asking…/, /does not answer/],
  ['me', '/me', /No attempt came from it today/, /Loading…/, /rests for a moment/],
  ['wall', '/wall', /Nobody has tried yet/, /The key is unclaimed/, /The key is unclaimed/],
];

describe('a view that has nothing to show', () => {
  test('says so where nothing was recorded yet', async t => {
    const { page, complaints } = await blank(t);
    for (const [name, path, empty] of views('')) {
      if (!empty) continue;
      await page.goto(site.url + path);
      await page.getByText(empty).first().waitFor();
      await shoot(page, `${name}-empty`);
      assert.ok((await widthOf(page)) <= 320, path);
    }
    assert.deepEqual(complaints, []);
  });

  test('says that it waits, and shows what it waited for once that is there', async t => {
    const [id = ''] = await site.publish([{ depth: 3, outcome: 'certificate_missing', target: 'prize' }]);
    const { page } = await blank(t);
    for (const [name, path, , loading] of views(id)) {
      const { promise: asked, resolve: answer } = Promise.withResolvers<void>();
      await page.route(DATA, route => asked.then(() => route.continue()).catch(() => undefined));
      await page.goto(site.url + path);
      // With its heading the page itself is there: what it says is not said by what fetched it.
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByText(loading).first().waitFor();
      await shoot(page, `${name}-loading`);
      answer();
      if (path !== '/wall') await page.getByText(loading).first().waitFor({ state: 'detached' });
      assert.equal(await page.getByRole('alert').count(), 0, path);
      await page.unroute(DATA);
    }
  });

  test('says what is wrong where it cannot be had, and keeps its heading and the way to the other pages', async t => {
    const [id = ''] = await site.publish([{ depth: 3, outcome: 'certificate_missing', target: 'prize' }]);
    const { page } = await blank(t);
    await page.route(DATA, route =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(BUSY) }),
    );
    for (const [name, path, , , failed] of views(id)) {
      await page.goto(site.url + path);
      await page.getByText(failed).first().waitFor();
      assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, path);
      if (path !== '/wall') await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
      await shoot(page, `${name}-failed`);
      assert.ok((await widthOf(page)) <= 320, path);
      assert.deepEqual(await axeViolations(page), [], path);
    }
  });

  test('says that the service does not answer where there is no network', async t => {
    const [id = ''] = await site.publish([{ depth: 3, outcome: 'certificate_missing', target: 'prize' }]);
    const { page } = await blank(t);
    await page.route(DATA, route => route.abort());
    for (const [name, path] of views(id)) {
      if (path === '/wall') continue;
      await page.goto(site.url + path);
      await page
        .getByText(/does not answer/)
        .first()
        .waitFor();
      await shoot(page, `${name}-unreachable`);
    }
  });
});

describe('what organisers announce', () => {
  test('stands on every page until it is dismissed, and is told as well', async t => {
    await putAnnouncement(site.database.owner.pool, { atUs: nowMicros(), untilUs: null, text: ANNOUNCEMENT });
    await until('it is published', async () =>
      (await (await fetch(`${site.url}/live/snapshot.json`)).text()).includes(ANNOUNCEMENT),
    );
    const { page } = await blank(t);
    for (const [name, path] of views((await site.publish([{}]))[0] ?? '')) {
      if (path === '/wall') continue;
      await page.goto(site.url + path);
      const said = page.getByRole('region', { name: 'Announcements' }).getByText(ANNOUNCEMENT);
      await said.waitFor();
      if (path === '/' || path === '/status') {
        await shoot(page, `${name}-announcement`);
        assert.deepEqual(await axeViolations(page), [], path);
      }
      assert.ok((await widthOf(page)) <= 320, path);
      await page.getByRole('button', { name: `Dismiss: ${ANNOUNCEMENT}` }).click();
      await said.waitFor({ state: 'detached' });
    }
  });
});

describe('when the prize was given away', () => {
  test('every place that tells of the key says so and leads to the attempt', async t => {
    const [winner = ''] = await site.publish([{ depth: 8, outcome: 'released', target: 'prize', country: 'DE' }]);
    await inTransaction(site.database.owner.pool, client =>
      raiseAlarms(client, [
        { kind: 'released', raisedUs: nowMicros(), target: 'prize', attemptId: winner, detail: 'a test' },
      ]),
    );
    await until('the badge says so', async () =>
      (await (await fetch(`${site.url}/badge.svg`)).text()).includes('released'),
    );
    for (const [width, height] of [
      [1280, 900],
      [320, 700],
    ] as const) {
      const { page, complaints } = await openPage(browser, { viewport: { width, height }, colorScheme: 'dark' });
      t.after(() => page.context().close());
      const places = [
        ['live', '/', 'The key is out.', `/attempts/${winner}`],
        ['wall', '/wall', 'The key is out', null],
        ['status', '/status', /./, `/attempts/${winner}`],
      ] as const;
      for (const [name, path, heading, link] of places) {
        await page.goto(site.url + path);
        await page.getByRole('heading', { level: 1, name: heading }).waitFor();
        await page
          .getByText(/released at/)
          .first()
          .waitFor();
        if (link) await page.locator(`main a[href="${link}"]`).first().waitFor();
        if (path !== '/status') await page.locator('figure svg .core.broken').waitFor();
        await shoot(page, `${name}-released-${width}`);
        assert.deepEqual(await axeViolations(page), [], path);
        assert.ok((await widthOf(page)) <= width, path);
      }
      assert.deepEqual(complaints, []);
    }
  });
});
