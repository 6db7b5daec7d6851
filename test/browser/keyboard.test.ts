import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launch, openPage } from './browser.ts';
import { Keys } from './keys.ts';
import { type LiveSite, startLiveSite } from './live-site.ts';
import { fillSite, type Known } from './site-pages.ts';

describe('by keyboard alone', () => {
  let site: LiveSite;
  let browser: Browser;
  let attempts: Known;

  before(async () => {
    site = await startLiveSite();
    browser = await launch();
    attempts = await fillSite(site);
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  async function open(path: string): Promise<{ page: Page; keys: Keys; complaints: string[] }> {
    const { page, complaints } = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    await page.goto(site.url + path);
    return { page, keys: new Keys(page), complaints };
  }

  const active = (page: Page, what: string) => page.evaluate(`document.activeElement.${what}`);

  test('from the first page over a band of the paper to its rows, an attempt, its messages, its class, and back', async () => {
    const { page, keys, complaints } = await open('/');
    await page.getByText('live', { exact: true }).waitFor();

    assert.equal((await keys.tab()).name, 'Skip to the content');
    await keys.enter();
    assert.equal(await active(page, 'id'), 'content');
    await keys.tabTo(({ name, kind }) => kind.startsWith('a') && /agreed on version and cipher/.test(name));
    await keys.enter();

    await page.waitForURL(/\/attempts\?.*depthMin=3/);
    await page.locator('tbody tr').nth(9).waitFor();
    await keys.tabTo(({ href }) => href === `/attempts/${attempts.classed}`);
    await keys.enter();

    await page.getByRole('group', { name: /^The messages in order/ }).waitFor();
    await keys.tabTo(({ href }) => href === '#message-1');
    await page.keyboard.press('ArrowDown');
    assert.equal(await active(page, 'getAttribute("href")'), '#message-2');
    await keys.enter();
    assert.equal(await active(page, 'id'), 'message-2');
    await keys.tabTo(({ href }) => href.startsWith('/classes/'));
    await keys.enter();

    await page.getByRole('heading', { level: 1, name: 'No certificate' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: /presented no certificate/ }).waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('nothing on the first page holds the focus: from its beginning it goes to the end and out', async () => {
    const { page, keys } = await open('/');
    await page.locator('.map svg').first().waitFor();
    const seen: string[] = [];
    await keys.tabTo(({ name, href, isBody }) => {
      if (!isBody) seen.push(`${name} ${href}`);
      return isBody;
    });
    assert.ok(seen.length > 60, `${seen.length} stops`);
    assert.match(seen.at(-1) ?? '', /^OpenAPI/);
    await page.context().close();
  });

  test('a filter of the list is set, shown and left out again', async () => {
    const { page, keys, complaints } = await open('/attempts');
    await page.locator('tbody tr').first().waitFor();
    await keys.tabTo(({ kind }) => kind.startsWith('select'));
    for (let i = 0; i < 2; i++) await keys.tab();
    await page.keyboard.type('Sent something that is not');
    await keys.tabTo(({ name }) => name.startsWith('More:'));
    await keys.enter();
    while (!/country/i.test(String(await active(page, 'name')))) await keys.tab();
    await page.keyboard.type('cy');
    await keys.enter();
    await page.waitForURL(/\/attempts\?outcome=not_tls&country=CY$/);
    await page.locator('tbody tr').nth(11).waitFor();
    assert.equal(await page.locator('tbody tr').count(), 12);
    await keys.tabTo(({ name }) => name === 'clear');
    await keys.enter();
    await page.waitForURL(/\/attempts$/);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('p pauses the live page and lets it go on', async () => {
    const { page } = await open('/');
    await page.getByText('live', { exact: true }).waitFor();
    await page.keyboard.press('p');
    await page.getByText('paused', { exact: true }).waitFor();
    await page.keyboard.press('p');
    await page.getByText('live', { exact: true }).waitFor();
    await page.context().close();
  });
});
