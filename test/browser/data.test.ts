import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { axeViolations, launch, openPage } from './browser.ts';
import { type LiveSite, startLiveSite } from './live-site.ts';

let site: LiveSite;
let browser: Browser;

before(async () => {
  site = await startLiveSite();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

test('a file is ordered, waited for and saved, and is what its digest says', async () => {
  await site.publish([{ target: 'prize' }, { target: 'prize' }, { target: 'practice' }]);
  const { page, complaints } = await openPage(browser, { viewport: { width: 320, height: 700 } });
  await page.goto(`${site.url}/data`);
  await page.getByRole('combobox', { name: /^File/ }).selectOption('csv');
  await page.getByRole('combobox', { name: /^Target/ }).selectOption('prize');
  await page.getByRole('button', { name: 'Order' }).click();
  await page.getByText(/2 rows/).waitFor();

  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Save the file' }).click();
  const bytes = await readFile(await (await saved).path());
  const digest = createHash('sha256').update(bytes).digest('hex');
  await page.getByText(digest).waitFor();
  assert.equal(bytes.toString().trim().split('\r\n').length, 3, 'a header and two rows');
  assert.deepEqual(await axeViolations(page), []);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('what the service refuses is said, with its code', async () => {
  const { page } = await openPage(browser);
  await page.goto(`${site.url}/data`);
  await page.getByRole('button', { name: 'Order' }).waitFor();
  await page.route('**/api/v1/exports', route =>
    route.fulfill({ status: 503, json: { code: 'EXPORTS_BUSY', detail: 'Too many are being written.' } }),
  );
  await page.getByRole('button', { name: 'Order' }).click();
  await page.getByText('Too many are being written.').waitFor();
  await page.context().close();
});
