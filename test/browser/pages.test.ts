import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { ROOT } from '../e2e/installation.ts';
import { axeViolations, launch, openPage } from './browser.ts';
import { type LiveSite, startLiveSite } from './live-site.ts';
import { fillSite, type SitePage, sitePages } from './site-pages.ts';

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
  let pages: SitePage[];

  before(async () => {
    site = await startLiveSite();
    browser = await launch();
    pages = sitePages(await fillSite(site));
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
        for (const { name, path, heading, sign } of pages) {
          await page.goto(site.url + path);
          await page.getByRole('heading', { level: 1, name: heading }).waitFor();
          if (sign) await page.locator(sign).first().waitFor();
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
});
