import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { newestSeq, rowsAfter } from '../e2e/api.ts';
import { openssl } from '../e2e/clients.ts';
import { type Installation, removeInstallation, startInstallation } from '../e2e/installation.ts';
import { axeViolations, launch, openPage } from './browser.ts';

const PCAPNG_MAGIC = '0a0d0d0a';

let it: Installation;
let browser: Browser;

before(async () => {
  it = await startInstallation();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await it?.stop();
  if (it) await removeInstallation(it);
});

/** The text of an element that a pattern finds in. */
const found = async (page: Page, selector: string, pattern: RegExp) =>
  (await page.locator(selector).filter({ hasText: pattern }).first().textContent())?.match(pattern)?.[0] ?? '';

test('a token made in the page opens the attempt that was made with its name, and erases it only after being asked twice', async () => {
  const { page, complaints } = await openPage(browser, { viewport: { width: 320, height: 700 } });
  const asked: string[] = [];
  page.on('request', request => asked.push(request.url()));
  await page.goto(`${it.url}/me`);
  await page.getByRole('button', { name: 'Make a token' }).click();
  await page.getByRole('heading', { name: 'Your token' }).waitFor();
  const token = await found(page, 'p', /[0-9a-f]{64}/);
  const serverName = await found(page, 'pre', /h-[0-9a-f]{40}\.pinata/);
  const seq = await newestSeq(it);
  await openssl(it.ports.prize, null, '-tls1_3', '-servername', serverName);
  const [row] = await rowsAfter(it, seq, 1);
  assert.ok(row);
  await page.getByRole('button', { name: 'Look for them' }).click();
  await page.locator('summary', { hasText: 'prize' }).click();
  await page.getByRole('link', { name: 'Its page' }).click();

  await page.getByText(serverName).waitFor();
  await page.getByLabel('Claim token').fill(token);
  await page.keyboard.press('Enter');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save capture' }).click();
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), `${row.id}.pcapng`);
  assert.equal((await readFile(await saved.path())).toString('hex', 0, 4), PCAPNG_MAGIC);

  await page.getByLabel('Name to show on its page').fill('Browser Test');
  await page.keyboard.press('Enter');
  await page.getByText('Credit: Browser Test').waitFor();
  assert.deepEqual(await axeViolations(page), []);

  await page.getByRole('button', { name: 'Erase what is private' }).click();
  const now = page.getByRole('button', { name: 'Erase now' });
  assert.equal(await now.isDisabled(), true);
  await page.getByRole('checkbox').check();
  await now.click();
  await page.getByText('What was private of this attempt was erased').waitFor();
  assert.equal(await page.getByText(serverName).count(), 0);
  assert.deepEqual(complaints, []);
  assert.ok(
    asked.every(url => !url.includes(token)),
    'the token is in no address',
  );
  await page.context().close();
});
