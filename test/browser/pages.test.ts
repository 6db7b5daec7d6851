import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { ROOT } from '../e2e/installation.ts';
import { axeViolations, launch, openPage } from './browser.ts';
import { type LiveSite, startLiveSite } from './live-site.ts';
import { fillSite, type Known, sitePages } from './site-pages.ts';

const SHOTS = join(ROOT, 'data', 'screenshots');
const THEMES = [
  ['dark', { colorScheme: 'dark' }],
  ['light', { colorScheme: 'light' }],
  ['forced', { forcedColors: 'active', colorScheme: 'dark' }],
] as const;
const SIZES = [
  { width: 1280, height: 900 },
  { width: 320, height: 700 },
] as const;

describe('every page', () => {
  let site: LiveSite;
  let browser: Browser;
  let known: Known;

  before(async () => {
    site = await startLiveSite();
    browser = await launch();
    known = await fillSite(site);
    mkdirSync(SHOTS, { recursive: true });
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  for (const [theme, options] of THEMES) {
    for (const viewport of SIZES) {
      test(`${theme}, ${viewport.width} px wide: says its title, complains of nothing, has no axe violation, does not scroll sideways`, async () => {
        const { page, complaints } = await openPage(browser, { ...options, viewport });
        for (const { name, path, heading, signs = [] } of sitePages(known)) {
          await page.goto(site.url + path);
          await page.getByRole('heading', { level: 1, name: heading }).waitFor();
          for (const sign of signs) await page.locator(sign).first().waitFor();
          await page.screenshot({ path: join(SHOTS, `${name}-${theme}-${viewport.width}.png`), fullPage: true });
          assert.deepEqual(await axeViolations(page), [], path);
          const scrolled = Number(await page.evaluate('document.documentElement.scrollWidth'));
          assert.ok(scrolled <= viewport.width, `${path} is ${scrolled} wide`);
          const wrong = complaints.splice(0).filter(text => name !== 'missing' || !text.includes('404'));
          assert.deepEqual(wrong, [], path);
        }
        await page.context().close();
      });
    }
  }

  test('an attempt leads to its classes, a class to its rows, and what is of no class is counted', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${site.url}/attempts/${known.classed}`);
    await page.getByRole('link', { name: 'No certificate', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'No certificate' }).waitFor();
    await page.getByText('The target was sent an empty list of certificates.').waitFor();
    await page.getByText('openssl s_client, no certificate').waitFor();
    await page.getByRole('link', { name: '10 attempts', exact: true }).click();
    await page.locator(`a[href="/attempts/${known.classed}"]`).waitFor();
    assert.equal(await page.locator('tbody tr').count(), 10);

    await page.goto(`${site.url}/classes`);
    await page.getByRole('row', { name: /^Unknown: of no class/ }).waitFor();
    await page.getByRole('link', { name: 'No certificate', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'No certificate' }).waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });
});
