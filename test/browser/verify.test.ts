import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { IncludedProofAnswer } from '../../server/src/proofs/schema.ts';
import { until } from '../../server/src/testing/until.ts';
import { get, newestSeq, rowsAfter } from '../e2e/api.ts';
import { openssl } from '../e2e/clients.ts';
import { restart } from '../e2e/control.ts';
import { type Installation, removeInstallation, startInstallation } from '../e2e/installation.ts';
import { axeViolations, launch, openPage } from './browser.ts';

const OTHER_BOOT = '0190a2b4-0000-7000-8000-000000000000';
const STEPS = ['Your nonce', 'Its leaf', 'The root', 'The message', 'The key', 'The signature', 'What it is bound to'];

describe('the page for whoever wants to check', () => {
  let it: Installation;
  let browser: Browser;
  let id: string;

  before(async () => {
    it = await startInstallation();
    browser = await launch();
    const seq = await newestSeq(it);
    await openssl(it.ports.prize, null, '-tls1_3');
    const [row] = await rowsAfter(it, seq, 1);
    assert.ok(row);
    id = row.id;
  });
  after(async () => {
    await browser?.close();
    await it?.stop();
    if (it) await removeInstallation(it);
  });

  /** The names of the steps, by whether they hold. */
  async function stepsOf(page: Page): Promise<{ hold: string[]; fail: string[] }> {
    const names = async (mark: string) =>
      (await page.locator('ol li h3', { hasText: mark }).allInnerTexts()).map(text =>
        text.replace(/[✓✗]|holds|fails/g, '').trim(),
      );
    return { hold: await names('✓'), fail: await names('✗') };
  }

  const proofAnswers = '**/api/v1/targets/*/proofs';

  test('both targets sign for a nonce of this browser’s, and every step is checked in it', async () => {
    const { page, complaints } = await openPage(browser);
    const nonces: string[] = [];
    page.on('request', request => {
      if (request.method() === 'POST') nonces.push(JSON.parse(request.postData() ?? '{}').nonce);
    });
    await page.goto(`${it.url}/verify`);
    await page.getByRole('heading', { level: 1, name: 'Check it yourself' }).waitFor();
    for (const target of ['prize', 'practice']) {
      await page.getByRole('button', { name: `Ask ${target}` }).click();
      await page.getByText(`${target} holds its key`).waitFor();
      const { hold, fail } = await stepsOf(page);
      assert.deepEqual(fail, []);
      assert.deepEqual(hold, target === 'prize' ? [...STEPS, 'The address'] : STEPS);
      const nonce = nonces.at(-1) ?? 'none';
      await page.locator('ol li').first().getByText(nonce, { exact: true }).waitFor();
      await page.getByText(/ signature noticed/).waitFor();
    }
    assert.equal(new Set(nonces).size, 2);
    assert.deepEqual(await axeViolations(page), []);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('an answer with one changed digit is no proof, and the step that fails says why', async () => {
    const lies: [(answer: IncludedProofAnswer) => object, string][] = [
      [({ proof, ...rest }) => ({ ...rest, proof: { ...proof, signature: flip(proof.signature) } }), 'The signature'],
      [({ proof, ...rest }) => ({ ...rest, proof: { ...proof, bootId: OTHER_BOOT } }), 'What it is bound to'],
    ];
    const { page } = await openPage(browser);
    await page.goto(`${it.url}/verify`);
    for (const [lie, step] of lies) {
      await page.route(proofAnswers, async (route, request) => {
        if (request.method() !== 'POST') return route.continue();
        const answer: IncludedProofAnswer = await (await route.fetch()).json();
        return route.fulfill({ json: lie(answer) });
      });
      await page.getByRole('button', { name: 'Ask prize' }).click();
      await page.getByText('This is no proof').waitFor();
      assert.ok((await stepsOf(page)).fail.includes(step), step);
      await page.unroute(proofAnswers);
    }
    await page.context().close();
  });

  test('an old answer played again is no proof', async () => {
    const { page } = await openPage(browser);
    const old = await fetch(`${it.url}/api/v1/targets/prize/proofs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ nonce: 'ab'.repeat(32) }),
    });
    const answer: unknown = await old.json();
    await page.route(proofAnswers, (route, request) =>
      request.method() === 'POST' ? route.fulfill({ json: answer }) : route.continue(),
    );
    await page.goto(`${it.url}/verify`);
    await page.getByRole('button', { name: 'Ask prize' }).click();
    await page.getByText('This is no proof').waitFor();
    assert.deepEqual((await stepsOf(page)).fail, ['Your nonce', 'The root']);
    await page.context().close();
  });

  test('an attempt’s leaf is hashed here, and a row that says something else is noticed', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${it.url}/verify?attempt=${id}`);
    await page.getByText('The hash is right, and the row says what its leaf says.').waitFor();
    await page.route(`**/api/v1/attempts/${id}`, async route => {
      const record = await (await route.fetch()).json();
      await route.fulfill({ json: { ...record, result: { ...record.result, depth: 7 } } });
    });
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('The row says something else than its leaf.').waitFor();
    await page.getByText('/result/depth').waitFor();
    await page.context().close();
  });

  test('after a restart the proof is of the new boot, and the boots list tells of it', async () => {
    const before = await bootOfPrize();
    await restart(it, 'prize');
    await until(
      'another boot is published',
      async () => {
        const now = await bootOfPrize();
        return now.bootId !== before.bootId && now.state === 'ready';
      },
      60_000,
    );
    const { page } = await openPage(browser);
    await page.goto(`${it.url}/verify`);
    await page.getByRole('button', { name: 'Ask prize' }).click();
    await page.getByText('prize holds its key').waitFor();
    const { bootId } = await bootOfPrize();
    await page.getByText(`boot ${bootId}`).waitFor();
    await page.getByRole('row', { name: /prize request/ }).waitFor();
    await page.context().close();
  });

  async function bootOfPrize(): Promise<{ bootId: string | null; state: string }> {
    const { rows } = await get<{ rows: { target: string; bootId: string | null; state: string }[] }>(
      it,
      '/api/v1/targets',
    );
    return rows.find(({ target }) => target === 'prize') ?? { bootId: null, state: 'none' };
  }
});

function flip(hex: string): string {
  return (hex.startsWith('0') ? '1' : '0') + hex.slice(1);
}
