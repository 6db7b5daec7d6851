import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { newestSeq, type Row, rowsAfter } from '../e2e/api.ts';
import { openssl } from '../e2e/clients.ts';
import { type Installation, ROOT, removeInstallation, startInstallation } from '../e2e/installation.ts';
import { findProcesses } from '../e2e/processes.ts';
import { axeViolations, launch, openPage } from './browser.ts';

const SHOTS = join(ROOT, 'data', 'screenshots');

let it: Installation;
let browser: Browser;
let refused: Row;
let released: Row;

before(async () => {
  it = await startInstallation();
  browser = await launch();
  mkdirSync(SHOTS, { recursive: true });
  refused = await attempt(() => openssl(it.ports.prize, null, '-tls1_3'));
  const client = { cert: it.authority.file('client.pem'), key: it.authority.file('client.key') };
  released = await attempt(() => openssl(it.ports.practice, client, '-tls1_3'));
});

after(async () => {
  await browser?.close();
  await it?.stop();
  if (it) await removeInstallation(it);
});

async function attempt(act: () => Promise<unknown>): Promise<Row> {
  const seq = await newestSeq(it);
  await act();
  const [row] = await rowsAfter(it, seq, 1);
  assert.ok(row);
  return row;
}

describe('every page', () => {
  const pages = (): [string, string, RegExp][] => [
    ['live', '/', /Open it over TLS/],
    ['attempts', '/attempts', /^Attempts$/],
    ['refused', `/attempts/${refused.id}`, /no certificate/],
    ['released', `/attempts/${released.id}`, /practice target/],
    ['classes', '/classes', /What attempts look like/],
    ['class', '/classes/E01_no_certificate', /No certificate/],
    ['targets', '/targets', /Targets/],
    ['rules', '/rules', /Rules/],
    ['missing', '/no-such-page', /no such page/],
  ];
  for (const theme of ['dark', 'light'] as const) {
    for (const [width, height] of [
      [1280, 900],
      [320, 700],
    ] as const) {
      test(`${theme}, ${width} px wide: says its title, complains of nothing, has no axe violation, and does not scroll sideways`, async () => {
        for (const [name, path, heading] of pages()) {
          const { page, complaints } = await openPage(browser, { colorScheme: theme, viewport: { width, height } });
          await page.goto(it.url + path);
          await page.getByRole('heading', { level: 1, name: heading }).waitFor();
          await page.screenshot({ path: join(SHOTS, `${name}-${theme}-${width}.png`), fullPage: true });
          assert.deepEqual(await axeViolations(page), [], path);
          assert.ok(
            ((await page.evaluate('document.documentElement.scrollWidth')) as number) <= width,
            `${path} is wider than ${width}`,
          );
          assert.deepEqual(
            complaints.filter(text => path !== '/no-such-page' || !text.includes('404')),
            [],
            path,
          );
          await page.context().close();
        }
      });
    }
  }
});

describe('the live page', () => {
  test('says something without JavaScript', async () => {
    const { page } = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(it.url);
    await page.getByRole('heading', { name: /How far \d+ attempts? got/ }).waitFor();
    assert.ok((await page.locator('tbody tr').count()) >= 2);
    await page.context().close();
  });

  test('shows a new attempt by itself, leads to it, pauses and goes on', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(it.url);
    await page.getByText('live', { exact: true }).waitFor();
    const first = await attempt(() => openssl(it.ports.prize, null, '-tls1_2'));
    const link = page.locator(`a[href="/attempts/${first.id}"]`);
    await link.waitFor();

    await page.keyboard.press('p');
    await page.getByText('paused', { exact: true }).waitFor();
    const second = await attempt(() => openssl(it.ports.prize, null, '-tls1_2'));
    assert.equal(await page.locator(`a[href="/attempts/${second.id}"]`).count(), 0);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator(`a[href="/attempts/${second.id}"]`).waitFor();

    await link.click();
    await page.getByRole('heading', { level: 1, name: /older than TLS 1.3/ }).waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('says so when the service behind it dies, and goes on when it is back', async () => {
    const { page } = await openPage(browser);
    await page.goto(it.url);
    await page.getByText('live', { exact: true }).waitFor();
    const [api] = findProcesses(it.process.pid ?? 0, /api\/main\.ts/);
    assert.ok(api);
    process.kill(api.pid, 'SIGKILL');
    await page.getByText('reconnecting', { exact: true }).waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    await page.context().close();
  });

  test('each band of the piñata is reached by keyboard and leads to its rows', async () => {
    const { page } = await openPage(browser);
    await page.goto(it.url);
    const band = page.getByRole('link', { name: /agreed on version and cipher/ });
    await band.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/depthMin=3/);
    await page.locator(`a[href="/attempts/${refused.id}"]`).waitFor();
    await page.context().close();
  });
});

describe('the pages of the classes', () => {
  test('an attempt leads to its classes, a class to its rows and to the newest of them, and what is of none is counted', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${it.url}/attempts/${refused.id}`);
    await page.getByRole('link', { name: 'E01_no_certificate' }).click();
    await page.getByRole('heading', { level: 1, name: 'No certificate' }).waitFor();
    await page.getByText('The target was sent an empty list of certificates.').waitFor();
    await page.getByText('openssl s_client, no certificate').waitFor();
    await page.getByRole('link', { name: /^[\d,]+ attempts?$/ }).click();
    await page.locator(`a[href="/attempts/${refused.id}"]`).waitFor();

    await page.goto(`${it.url}/classes`);
    await page.getByRole('row', { name: /^Unknown: of no class/ }).waitFor();
    await page.getByRole('link', { name: 'Known tool: openssl-3.0' }).click();
    await page.getByRole('heading', { level: 1, name: 'Known tool: openssl-3.0' }).waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });
});
