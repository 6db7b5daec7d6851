import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Snapshot } from '../../server/src/api/snapshot.ts';
import type { Wanted } from '../../server/src/api/testing/records.ts';
import { until } from '../../server/src/testing/until.ts';
import { ROOT } from '../e2e/installation.ts';
import { launch, openPage } from './browser.ts';
import { type LiveSite, MINUTE_US, startLiveSite } from './live-site.ts';

const SHOTS = join(ROOT, 'data', 'screenshots');
const DAY_US = 1440 * MINUTE_US;
/** What changes over more than 10 ms: elements by their styles, and animations that run. */
const MOVING = `(() => {
  const longest = times => Math.max(...times.split(',').map(parseFloat));
  const moves = style => longest(style.transitionDuration) > 0.01 || (style.animationName !== 'none' && longest(style.animationDuration) > 0.01);
  const styled = [...document.querySelectorAll('*')].filter(e => [null, '::before', '::after'].some(part => moves(getComputedStyle(e, part))));
  return [...styled.map(e => e.outerHTML.slice(0, 80)), ...document.getAnimations().map(a => a.constructor.name)];
})()`;

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

const times = (count: number, wanted: (index: number) => Wanted) => Array.from({ length: count }, (_, i) => wanted(i));
const listed = (page: Page, id: string | undefined) => page.locator(`.window a[href="/attempts/${id}"]`);
const feedState = (page: Page, words: string) => page.getByText(words, { exact: true }).waitFor();
const number = (text: string | null) => Number((text ?? '').replace(/\D/g, ''));

/** A page of its own, closed after the test. */
async function blank(t: TestContext, options: BrowserContextOptions = {}) {
  const opened = await openPage(browser, options);
  t.after(() => opened.page.context().close());
  return opened;
}

async function open(t: TestContext, path = '/', options: BrowserContextOptions = {}) {
  const opened = await blank(t, options);
  await opened.page.goto(site.url + path);
  return opened;
}

/** How many rows the API has for a link to the list. */
async function rowsBehind(href: string): Promise<number> {
  const { search } = new URL(href, site.url);
  const response = await fetch(`${site.url}/api/v1/attempts${search}&limit=1000`);
  assert.equal(response.status, 200, href);
  return ((await response.json()) as { rows: unknown[] }).rows.length;
}

describe('before anybody came', () => {
  test('the paper is whole, every part says that there is nothing, and nothing looks broken', async t => {
    const { page, complaints } = await open(t);
    await page.getByText('Nobody has tried yet. You could be the first.').waitFor();
    await page.getByText('Nobody came: the paper is whole.').waitFor();
    await page.getByText('Nobody came in this span.').waitFor();
    await page.getByRole('row', { name: /^Unknown 0/ }).waitFor();
    await page.screenshot({ path: join(SHOTS, 'live-empty.png'), fullPage: true });
    assert.deepEqual(complaints, []);
  });
});

describe('the live page', () => {
  before(async () => {
    const now = Date.now() * 1000;
    await site.publish([
      ...times(6, i => ({ depth: 1, outcome: 'not_tls', country: 'CY', startedUs: now - i * MINUTE_US })),
      ...times(5, i => ({
        depth: 3,
        outcome: 'certificate_missing',
        classes: ['E01_no_certificate'],
        country: 'DE',
        target: 'prize',
        startedUs: now - (90 + i) * MINUTE_US,
      })),
      ...times(4, i => ({ depth: 4, outcome: 'certificate_untrusted', startedUs: now - 2 * DAY_US - i * MINUTE_US })),
      ...times(2, i => ({ depth: 8, outcome: 'released_practice', country: 'SG', startedUs: now - 20 * DAY_US - i })),
      ...times(3, i => ({ depth: 8, outcome: 'released_self_test', selfTest: true, startedUs: now - i })),
    ]);
    await until('the api shows them', async () => {
      const { summary, cursor } = (await (await fetch(`${site.url}/live/snapshot.json`)).json()) as Snapshot;
      return cursor >= 20 && summary.attempts === 11;
    });
  });

  test('says something without JavaScript: numbers, steps, minutes, newest attempts; and offers nothing that would not work', async t => {
    const { page } = await open(t, '/', { javaScriptEnabled: false });
    await page.getByRole('heading', { name: /How far \d+ attempts got/ }).waitFor();
    await page.locator('text.words', { hasText: 'agreed on version and cipher' }).waitFor();
    await page.getByText(/^The last hour: \d+ in all/).waitFor();
    await page.getByText('as of the last page load').waitFor();
    assert.ok((await page.locator('.window tbody tr').count()) >= 10);
    assert.equal(await page.getByRole('button').count(), 0);
  });

  test('each number leads to exactly its rows, in every window and for each target', async t => {
    const { page } = await open(t);
    for (const [window, heading] of [
      ['1 hour', /How far 6 attempts got/],
      ['24 hours', /How far 11 attempts got/],
      ['7 days', /How far 15 attempts got/],
      ['all', /How far 17 attempts got/],
      ['prize', /How far 5 attempts got/],
    ] as const) {
      await page
        .getByRole('navigation', { name: 'What is counted' })
        .getByRole('link', { name: window, exact: true })
        .click();
      await page.getByRole('heading', { name: heading }).waitFor();
      await page.getByText(/^By who ended them; .* in all/).waitFor();
      await page.getByRole('row', { name: /^Unknown/ }).waitFor();
      const links = page.locator('#how-far a, figure svg[role=group] a, #where ~ * td a, #rhythm ~ p a');
      // Where a link has a number of its own among words, that is what it promises.
      const promised = (await links.evaluateAll(all =>
        all.map(link => [link.getAttribute('href'), (link.querySelector('.number') ?? link).textContent]),
      )) as [string, string][];
      await Promise.all(
        promised.map(async ([href, shown]) => assert.equal(await rowsBehind(href), number(shown), `${window} ${href}`)),
      );
      assert.ok((await links.count()) >= 11, window);
    }
  });

  test('the view stands in the address: it can be shared, and comes back', async t => {
    const { page } = await open(t);
    await page.getByRole('link', { name: '7 days', exact: true }).click();
    await page.getByRole('link', { name: 'prize', exact: true }).click();
    await until('the address says so', () => page.url() === `${site.url}/?window=7d&target=prize`);
    await page.reload();
    await page.getByRole('heading', { name: /How far 5 attempts got/ }).waitFor();
    assert.equal(await page.locator('nav [aria-current=true]').count(), 2);
  });

  test('each band of the piñata is reached by keyboard and leads to its rows', async t => {
    const { page } = await open(t);
    await feedState(page, 'live');
    const band = page.getByRole('link', { name: /agreed on version and cipher/ });
    await band.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/depthMin=3/);
    await page.locator('tbody tr').nth(4).waitFor();
  });

  test('the chart says the same as a table, step by step', async t => {
    const { page } = await open(t, '/?window=7d');
    await page.locator('.plot canvas').waitFor();
    await page.getByText('The same as a table').click();
    const table = page.getByRole('region', { name: /as a table/ });
    await table.waitFor();
    const cells = await table.locator('td').allTextContents();
    assert.equal(
      cells.reduce((sum, text) => sum + number(text), 0),
      15,
    );
    const key = await page.locator('.key li').allTextContents();
    assert.deepEqual(
      key.map(text => text.trim().replace(/\s+/g, ' ')),
      ['no TLS 6', 'refused by us 9'],
    );
    await page
      .getByRole('list', { name: 'What happened meanwhile' })
      .getByText(/boot of prize/)
      .first()
      .waitFor();
  });

  test('the map shades a country, names those too small for it, and its table counts Unknown', async t => {
    const { page } = await open(t, '/?window=all');
    await page.locator('.map path.shade-1 title', { hasText: 'Germany: 5' }).waitFor({ state: 'attached' });
    await page.getByText('Too small for this map: Singapore 2.').waitFor();
    await page.getByRole('row', { name: /^Unknown 4/ }).waitFor();
  });

  test('shows a new attempt by itself, leads to it, pauses and goes on', async t => {
    const { page, complaints } = await open(t);
    await feedState(page, 'live');
    const [first] = await site.publish([{ outcome: 'version_refused', depth: 2 }]);
    await listed(page, first).waitFor();

    await page.keyboard.press('p');
    await feedState(page, 'paused');
    const [second] = await site.publish([{ outcome: 'version_refused', depth: 2 }]);
    const marker = await open(t);
    await listed(marker.page, second).waitFor();
    assert.equal(await listed(page, second).count(), 0);
    await page.getByRole('button', { name: 'Resume' }).click();
    await listed(page, second).waitFor();

    await listed(page, first).click();
    await page.getByRole('heading', { level: 1, name: /older than TLS 1.3/ }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test('a list that is being read stands still and counts what came; asked, it shows it', async t => {
    const { page } = await open(t);
    await feedState(page, 'live');
    await page.locator('.window a').first().focus();
    const before = await page.locator('.window tbody tr').first().textContent();
    const ids = await site.publish(times(3, () => ({ depth: 1, outcome: 'not_tls' })));
    const more = page.getByRole('button', { name: '+3 more' });
    await more.waitFor();
    assert.equal(await page.locator('.window tbody tr').first().textContent(), before);
    await more.click();
    for (const id of ids) await listed(page, id).waitFor();
  });

  test('a flood is shown ten rows at a time, and what came too fast is counted', async t => {
    const { page } = await open(t);
    await feedState(page, 'live');
    const ids = await site.publish(times(47, () => ({ depth: 0, outcome: 'connect_only' })));
    const notice = page.getByText(/^[\d,]+ more came too fast/);
    await notice.waitFor();
    let inList = 0;
    await until('some of them are in the list', async () => {
      const links = await page.locator('.window a').evaluateAll(all => all.map(link => link.getAttribute('href')));
      inList = ids.filter(id => links.includes(`/attempts/${id}`)).length;
      return inList > 0;
    });
    assert.ok(inList <= 10, `${inList} in the list`);
    assert.equal(number((await notice.textContent())?.split(' more')[0] ?? '') + inList, ids.length);
  });

  test('what was never seen before is told with the attempt that showed it', async t => {
    const { page } = await open(t);
    await feedState(page, 'live');
    const [id] = await site.publish([{ country: 'TV', depth: 5, outcome: 'certificate_unsuitable' }]);
    const first = page.getByRole('region', { name: 'Never seen before' }).getByRole('link', { name: 'Tuvalu' });
    await first.waitFor();
    assert.equal(await first.getAttribute('href'), `/attempts/${id}`);
  });

  test('a hidden tab pauses, and goes on when it is seen again; one that was paused by hand stays so', async t => {
    const { page } = await open(t);
    await feedState(page, 'live');
    const hide = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await hide(true);
    await feedState(page, 'paused');
    await hide(false);
    await feedState(page, 'live');
    await page.keyboard.press('p');
    await feedState(page, 'paused');
    await hide(true);
    await hide(false);
    await feedState(page, 'paused');
  });

  test('moves nothing where motion is unwanted, and loses nothing by it', async t => {
    const { page } = await open(t, '/', { reducedMotion: 'reduce' });
    await feedState(page, 'live');
    await page.locator('.map svg').first().waitFor();
    const [id] = await site.publish([{ outcome: 'version_refused', depth: 2 }]);
    await listed(page, id).waitFor();
    assert.deepEqual(await page.evaluate(MOVING), []);
  });

  test('one polite live region tells of new attempts', async t => {
    const { page } = await open(t);
    await feedState(page, 'live');
    await site.publish([{ depth: 4, outcome: 'certificate_untrusted' }]);
    await page
      .getByRole('status')
      .filter({ hasText: '1 new attempt, step: certificate.' })
      .waitFor({ state: 'attached' });
    assert.equal(await page.locator('[aria-live], [role=status], [role=log], [role=alert]').count(), 1);
  });
});

describe('when something stops', () => {
  test('without a network the page says so at once, and goes on when it is back', async t => {
    const { page } = await open(t);
    await feedState(page, 'live');
    await page.context().setOffline(true);
    await feedState(page, 'reconnecting');
    const [id] = await site.publish([{ depth: 1, outcome: 'not_tls' }]);
    await page.context().setOffline(false);
    await feedState(page, 'live');
    await listed(page, id).waitFor();
  });

  test('when ingest reads no more, the feed is delayed and says since when, without any reload', async t => {
    const { page } = await open(t);
    await feedState(page, 'live');
    site.beat(false);
    await feedState(page, 'delayed');
    await page.getByText(/complete until \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/).waitFor();
    site.beat(true);
    await feedState(page, 'live');
  });

  test('when the service is gone the page says so, keeps what it had, and calls an old self-test stale by itself', async t => {
    await site.database.owner.pool.query(
      `insert into self_test select 'pair ' || name, name, boot_id, extract(epoch from now())::bigint * 1000000, boot_id, boot_id, boot_id, true
       from target`,
    );
    const { page } = await blank(t);
    await page.clock.install();
    await page.goto(site.url);
    await feedState(page, 'live');
    await page
      .getByText(/self-test passed .* ago/)
      .first()
      .waitFor();
    await site.stopApi();
    await feedState(page, 'reconnecting');
    await page.clock.fastForward(72 * 3_600_000);
    await page
      .getByText(/self-test stale: passed/)
      .first()
      .waitFor();
    await page.getByText(/^last sign \d+ d .* ago$/).waitFor();
    await page.getByRole('heading', { name: /How far \d+ attempts got/ }).waitFor();
    await page.screenshot({ path: join(SHOTS, 'live-lost.png'), fullPage: true });
    await site.startApi();
    await page.clock.runFor(30_000);
    await feedState(page, 'live');
  });
});

describe('the wall', () => {
  test('has no controls, does not scroll, and reloads itself when the site was renewed', async t => {
    const { page } = await blank(t, { viewport: { width: 1600, height: 900 } });
    await page.clock.install();
    await page.goto(`${site.url}/wall`);
    await page.getByRole('heading', { level: 1, name: 'The key is unclaimed' }).waitFor();
    await page.locator('figure svg').waitFor();
    assert.equal(await page.locator('button, select, input, nav').count(), 0);
    assert.equal(await page.evaluate('document.documentElement.scrollHeight <= innerHeight'), true);
    await page.evaluate('window.wasHere = true');
    await page.clock.fastForward(61_000);
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.equal(await page.evaluate('window.wasHere'), true, 'the same build is no reason to reload');
    await page.route(
      '**/wall',
      async route => {
        const answer = await route.fetch();
        await route.fulfill({
          response: answer,
          body: (await answer.text()).replace(/index-[\w-]+\.js/, 'index-new.js'),
        });
      },
      { times: 1 },
    );
    const reloaded = page.waitForEvent('load');
    await page.clock.fastForward(61_000);
    await reloaded;
    await page.getByRole('heading', { level: 1, name: 'The key is unclaimed' }).waitFor();
  });
});
