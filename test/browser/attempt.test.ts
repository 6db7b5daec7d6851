import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Flow } from '../../server/src/flow/flow.ts';
import { get } from '../e2e/api.ts';
import { ROOT } from '../e2e/installation.ts';
import type { Case } from '../e2e/outcomes/case.ts';
import { GUEST_AS_CLIENT } from '../e2e/outcomes/guest-as-client.ts';
import { GUEST_AS_SERVER } from '../e2e/outcomes/guest-as-server.ts';
import { issueLeaf } from '../e2e/peers/issue.ts';
import { Line } from '../e2e/peers/line.ts';
import { Trial } from '../e2e/trial.ts';
import { axeViolations, launch, openPage } from './browser.ts';

const SHOTS = join(ROOT, 'data', 'screenshots');

let trial: Trial;
let browser: Browser;
/** A refusal by the guest as a server, a win over the guest as a client that calls back, and what never was TLS. */
const ids = { refused: '', won: '', foreign: '' };

before(async () => {
  trial = await Trial.start();
  browser = await launch();
  mkdirSync(SHOTS, { recursive: true });
  const cast = {
    client: trial.client,
    server: await issueLeaf(trial.it.authority, 'server'),
    strangeClient: trial.client,
    strangeServer: trial.client,
  };
  const made = async (list: readonly Case[], outcome: string, open: () => Promise<Line>) => {
    const one = list.find(({ expected }) => expected.outcome === outcome);
    assert.ok(one, outcome);
    const { source } = await one.attack(open, cast);
    return (await trial.observer.attempt(source)).record.id;
  };
  const { serverPort, callbackPort, it } = trial;
  ids.refused = await made(GUEST_AS_SERVER, 'certificate_missing', () => Line.open(serverPort));
  ids.foreign = await made(GUEST_AS_SERVER, 'not_tls', () => Line.open(serverPort));
  ids.won = await made(GUEST_AS_CLIENT, 'released_practice', () =>
    Line.calledBack(callbackPort, it.ports.callback, '127.2.1.1'),
  );
});

after(async () => {
  await browser?.close();
  await trial?.stop();
});

async function opened(path: string, width = 1280): Promise<{ page: Page; complaints: string[] }> {
  const { page, complaints } = await openPage(browser, { viewport: { width, height: 900 } });
  await page.goto(trial.it.url + path);
  return { page, complaints };
}

/** Each message's description, and the dashes of its line. */
const DESCRIBED_BY =
  "[...document.querySelectorAll('figure svg a')].map(link => link.getAttribute('aria-describedby'))";
const DASHES =
  "[...document.querySelectorAll('figure svg a')].map(link => getComputedStyle(link.querySelector('line.arrow')).strokeDasharray)";

const picture = (page: Page) => page.getByRole('group', { name: /^The messages in order/ });
const links = (page: Page) => picture(page).getByRole('link');
const twin = (page: Page) => page.locator('li[id^="message-"]');

describe('the picture of a handshake', () => {
  const seen = [
    ['refused', 1280],
    ['refused', 320],
    ['won', 320],
    ['foreign', 1280],
  ] as const;
  for (const [name, width] of seen) {
    test(`${name}, ${width} px wide: each message is a link that its words stand behind, in the order of the api`, async () => {
      const { page, complaints } = await opened(`/attempts/${ids[name]}`, width);
      await picture(page).waitFor();
      const flow = await get<Flow>(trial.it, `/api/v1/attempts/${ids[name]}/flow`);
      assert.equal(await links(page).count(), flow.steps.length);
      assert.equal(await twin(page).count(), flow.steps.length);
      const [drawn, said] = [await links(page).allTextContents(), await twin(page).allTextContents()];
      for (const [index, { holds, bytes }] of flow.steps.entries()) {
        // What stands in the picture stands in the words as well.
        const words: string[] = holds.map(({ name: held }) => (held === 'Secret' ? 'The secret' : held));
        if (bytes !== null) words.push(`${bytes.toLocaleString('en')} B`);
        for (const word of words) {
          assert.ok(
            drawn[index]?.includes(word) && said[index]?.includes(word),
            `${word}: ${drawn[index]} | ${said[index]}`,
          );
        }
      }
      const described = await page.evaluate(DESCRIBED_BY);
      assert.deepEqual(
        described,
        flow.steps.map((_, index) => `message-${index + 1}`),
      );
      await page.screenshot({ path: join(SHOTS, `flow-${name}-${width}.png`), fullPage: true });
      assert.ok(((await page.evaluate('document.documentElement.scrollWidth')) as number) <= width);
      assert.deepEqual(await axeViolations(page), []);
      assert.deepEqual(complaints, []);
      await page.context().close();
    });
  }

  test('arrows point from who spoke; the roles stand over the right lifelines', async () => {
    for (const [name, roles, firstFrom] of [
      ['refused', ['TLS client', 'TLS server'], 'left'],
      ['won', ['TLS server', 'TLS client'], 'right'],
    ] as const) {
      const { page } = await opened(`/attempts/${ids[name]}`);
      await picture(page).waitFor();
      assert.deepEqual(await picture(page).locator('text.role').allTextContents(), roles);
      const hello = links(page).filter({ hasText: 'ClientHello' }).locator('line.arrow').first();
      const [from, to] = await Promise.all(['x1', 'x2'].map(async x => Number(await hello.getAttribute(x))));
      assert.equal((from ?? 0) < (to ?? 0) ? 'left' : 'right', firstFrom);
      await page.context().close();
    }
  });

  test('plaintext is dotted, and each kind of keys has a line of its own', async () => {
    const { page } = await opened(`/attempts/${ids.won}`);
    await picture(page).waitFor();
    const { steps } = await get<Flow>(trial.it, `/api/v1/attempts/${ids.won}/flow`);
    const lines = await Promise.all(steps.map((_, index) => links(page).nth(index).locator('line.arrow').count()));
    assert.deepEqual(
      lines,
      steps.map(({ epoch }) => (epoch === 'application' ? 2 : 1)),
    );
    const dashes = (await page.evaluate(DASHES)) as string[];
    const dotted = steps.map(({ kind, encrypted }) => kind === 'message' && !encrypted);
    assert.deepEqual(
      dashes.map(dash => dash !== 'none'),
      dotted,
    );
    await page.context().close();
  });

  test('the mark stands at the alert of the record, with the rule and its section; a win has none', async () => {
    const { page } = await opened(`/attempts/${ids.refused}`);
    await picture(page).waitFor();
    const marked = links(page).filter({ has: page.locator('g.stop') });
    assert.equal(await marked.count(), 1);
    const words = (await marked.locator('text').allTextContents()).join(' ');
    assert.match(words, /Alert: certificate_required .*RFC 8446 §4\.4\.2\.4; alert certificate_required, 116/);
    await page.goto(`${trial.it.url}/attempts/${ids.won}`);
    await picture(page).waitFor();
    assert.equal(await picture(page).locator('g.stop').count(), 0);
    await page.context().close();
  });

  test('by keyboard alone: from message to message, what it held, and down to its words', async () => {
    const { page } = await opened(`/attempts/${ids.won}`);
    await picture(page).waitFor();
    const last = (await links(page).count()) - 1;
    await links(page).first().focus();
    for (let i = 0; i < last; i++) await page.keyboard.press(i % 2 ? 'Tab' : 'ArrowDown');
    assert.equal(await page.evaluate('document.activeElement.getAttribute("href")'), `#message-${last + 1}`);
    await page.getByText(`Step ${last + 1} of ${last + 1}`).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.getByText('the document with the target’s key').waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.id'), `message-${last}`);
    await page.context().close();
  });
});

describe('the rest of the page', () => {
  test('names the failed check, says how to do it again in our words, and leads to the leaf and to its neighbours', async () => {
    const { page } = await opened(`/attempts/${ids.refused}`);
    await page.getByText('There must be a certificate, and there was none.', { exact: true }).first().waitFor();
    await page.getByText(`openssl s_client -connect 127.0.0.1:${trial.serverPort} -tls1_3`, { exact: true }).waitFor();
    await page.getByRole('link', { name: 'the leaf' }).waitFor();
    await page.getByRole('list', { name: 'Extensions, in wire order' }).getByText('key_share').waitFor();
    await page.getByRole('navigation', { name: 'Neighbours' }).getByRole('link', { name: /→$/ }).click();
    await page.waitForURL(url => url.pathname.startsWith('/attempts/') && !url.pathname.endsWith(ids.refused));
    await picture(page).waitFor();
    await page.context().close();
  });

  test('an attempt that is not there says so and leads on', async () => {
    const { page } = await opened('/attempts/0193567a-0000-7000-8000-000000000001');
    await page.getByRole('alert').waitFor();
    await page.getByRole('link', { name: 'All attempts' }).click();
    await page.getByRole('heading', { level: 1, name: 'Attempts' }).waitFor();
    await page.context().close();
  });
});

describe('the table of attempts', () => {
  test('the files are of exactly what the filter in the address leaves', async () => {
    const { page, complaints } = await opened('/attempts?outcome=not_tls&country=ZZ');
    await page.locator(`a[href="/attempts/${ids.foreign}"]`).waitFor();
    assert.equal(await page.locator('tbody tr').count(), 1);
    await page.getByText('country Unknown').waitFor();
    const csv = await page.getByRole('link', { name: 'CSV', exact: true }).first().getAttribute('href');
    assert.equal(csv, '/api/v1/attempts?outcome=not_tls&country=ZZ&format=csv');
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('leads to older rows and back to newer ones, and misses none', async () => {
    const { rows } = await get<{ rows: { seq: number; id: string }[] }>(trial.it, '/api/v1/attempts?limit=1000');
    const [first, second] = rows;
    assert.ok(first && second);
    const { page } = await opened(`/attempts?before=${first.seq}`);
    await page.locator(`tbody tr:first-child a[href="/attempts/${second.id}"]`).waitFor();
    await page.getByRole('link', { name: '← Newer' }).first().click();
    await page.waitForURL(/after=/);
    await page.locator(`tbody a[href="/attempts/${first.id}"]`).waitFor();
    await page.getByRole('link', { name: 'Older →' }).first().click();
    await page.locator(`tbody tr:first-child a[href="/attempts/${second.id}"]`).waitFor();
    await page.context().close();
  });

  test('a filter that the api refuses says why', async () => {
    const { page } = await opened('/attempts?country=Germany');
    await page.getByRole('alert').waitFor();
    await page.context().close();
  });
});
