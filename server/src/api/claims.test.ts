import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import pino from 'pino';
import { Claims } from '../claims/claims.ts';
import { serveClaims } from '../claims/server.ts';
import { readConfig } from '../config.ts';
import { eraseAttempt } from '../ingest/erasure.ts';
import { ingestOn, memorySpools, SILENT } from '../ingest/testing/harness.ts';
import { clientHello } from '../ingest/testing/hostile.ts';
import { attemptStory, beat, bootStory, SECOND } from '../ingest/testing/story.ts';
import type { Running } from '../process.ts';
import { hideTexts, showTexts } from '../store/moderation.ts';
import { wordList } from '../text-filter/words.ts';
import { claimName, claimTagOfToken, newClaimToken } from '../trust/claim-tag.ts';
import { sourceToken } from '../trust/source-token.ts';
import { LIMITS } from './limits.ts';
import { type RunningApi, start } from './start.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';

const TOKEN = newClaimToken();
const OTHER_TOKEN = newClaimToken();
const KEY = Buffer.alloc(32, 9);
const PCAPNG_MAGIC = '0a0d0d0a';
const SUBJECT = 'CN=\u202eme@example.com wanker';

describe('claims', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let data: string;
  let claims: Running;
  let api: RunningApi;
  let ids: { own: string; second: string; untagged: string };
  const logged: string[] = [];

  before(async () => {
    database = await startTestDatabase();
    data = await mkdtemp(join(tmpdir(), 'pinata-claims-'));
    const config = readConfig({
      PINATA_DATA: data,
      PINATA_HTTP_PORT: '0',
      PINATA_API_DATABASE_URL: database.apiUrl,
      PINATA_TRUSTED_PROXY: '127.0.0.2',
    });
    const { pool } = database.owner;
    const words = wordList(['badword']);
    const options = { pool, tokenKey: () => KEY, words, erase: (id: string) => eraseAttempt(pool, id) };
    claims = await serveClaims(config.layout.sockets.claims, new Claims(options), SILENT);
    const log = pino({ level: 'trace' }, { write: line => void logged.push(line) });
    const limits = { ...LIMITS, claimsPerMinute: 1_000_000 };
    api = await start(config, log, { dashboard: '/nonexistent', limits });
    ids = await publish(database);
  });
  after(async () => {
    await api?.stop();
    await claims?.stop();
    await database?.stop();
    if (data) await rm(data, { recursive: true });
  });

  const ask = (path: string, token: string | null = TOKEN, init: RequestInit = {}) =>
    fetch(api.url + path, {
      ...init,
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
    });
  const json = async <T>(response: Response | Promise<Response>) => (await (await response).json()) as T;
  const putCredit = (id: string, name: string, token = TOKEN) =>
    ask(`/api/v1/attempts/${id}/credit`, token, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
  const texts = (id: string, query = '') =>
    json<{ erased: boolean; hidden: boolean; credit: string | null; text: unknown; whole?: unknown }>(
      ask(`/api/v1/attempts/${id}/text${query}`, null),
    );

  test('a token lists its own attempts, newest first, page by page, and no others', async () => {
    type Page = { claimTag: string; rows: { id: string }[]; next: string | null };
    const first = await json<Page>(ask('/api/v1/claims/attempts?limit=1'));
    assert.equal(first.claimTag, claimTagOfToken(TOKEN));
    assert.deepEqual(
      first.rows.map(({ id }) => id),
      [ids.second],
    );
    const rest = await json<Page>(ask(first.next ?? ''));
    assert.deepEqual([rest.rows.map(({ id }) => id), rest.next], [[ids.own], null]);
    assert.deepEqual((await json<Page>(ask('/api/v1/claims/attempts', OTHER_TOKEN))).rows, []);
  });

  test('it opens transcript, capture and fine times', async () => {
    const transcript = await ask(`/api/v1/attempts/${ids.own}/transcript`);
    assert.match(transcript.headers.get('content-type') ?? '', /^application\/jsonl/);
    assert.match(await transcript.text(), /^\{"kind":"open"/);
    const capture = await ask(`/api/v1/attempts/${ids.own}/pcap`);
    assert.equal(
      Buffer.from(await capture.arrayBuffer())
        .toString('hex')
        .slice(0, 8),
      PCAPNG_MAGIC,
    );
    assert.equal(capture.headers.get('pinata-secrets'), 'none');
    assert.match(capture.headers.get('content-disposition') ?? '', new RegExp(`"${ids.own}.pcapng"`));
    assert.equal(capture.headers.get('cache-control'), 'no-store');
    assert.equal(capture.headers.get('access-control-allow-origin'), null);
    const times = await json<{ startedUs: number; durationUs: number }>(ask(`/api/v1/attempts/${ids.own}/private`));
    assert.equal(times.startedUs % 1_000_000, 123_456);
    assert.equal(times.durationUs, 100_000);
  });

  test('without the right token nothing private opens, and the answer says what to do', async () => {
    const paths = ['transcript', 'pcap', 'private'];
    for (const path of paths) {
      for (const [id, token, status, code] of [
        [ids.own, null, 401, 'CLAIM_MISSING'],
        [ids.own, 'short', 401, 'CLAIM_MISSING'],
        [ids.own, OTHER_TOKEN, 403, 'CLAIM_WRONG'],
        [ids.own, claimTagOfToken(TOKEN).padEnd(64, '0'), 403, 'CLAIM_WRONG'],
        [ids.untagged, TOKEN, 403, 'CLAIM_WRONG'],
        ['018f0000-0000-7000-8000-000000000000', TOKEN, 404, 'ATTEMPT_UNKNOWN'],
      ] as const) {
        const answer = await ask(`/api/v1/attempts/${id}/${path}`, token);
        const problem = await json<{ code: string; remedy: string }>(answer);
        assert.deepEqual([answer.status, problem.code], [status, code], `${path} ${id} ${token}`);
        assert.notEqual(problem.remedy, '');
      }
    }
    assert.equal(
      (await ask(`/api/v1/attempts/${ids.own}/private`, null)).headers.get('www-authenticate'),
      'Bearer realm="claims"',
    );
    const erase = await ask(`/api/v1/attempts/${ids.own}/private`, OTHER_TOKEN, { method: 'DELETE' });
    assert.equal(erase.status, 403);
    assert.equal((await putCredit(ids.own, 'me', OTHER_TOKEN)).status, 403);
    const inAddress = await ask(`/api/v1/attempts/${ids.own}/transcript?token=${TOKEN}`, null);
    assert.equal(inAddress.status, 400, 'a token in an address is refused');
  });

  test('credit stands beside the texts; what cannot stand there is refused; and it can be taken away', async () => {
    assert.equal((await putCredit(ids.own, 'Team Rocket-7')).status, 204);
    assert.equal((await texts(ids.own)).credit, 'Team Rocket-7');
    for (const name of [
      '',
      ' x',
      'x ',
      '<b>x</b>',
      'a.example',
      'x'.repeat(33),
      'päm',
      'a\u202eb',
      'badword',
      'b a d w o r d',
      '127-0-0-1',
    ]) {
      assert.equal((await putCredit(ids.own, name)).status, 400, name);
    }
    assert.equal((await texts(ids.own)).credit, 'Team Rocket-7');
    assert.equal((await ask(`/api/v1/attempts/${ids.own}/credit`, TOKEN, { method: 'DELETE' })).status, 204);
    assert.equal((await texts(ids.own)).credit, null);
  });

  test('texts are filtered; unfiltered they are only where asked for; moderated they are nowhere', async () => {
    await putCredit(ids.second, 'second');
    const filtered = await texts(ids.second);
    assert.deepEqual(filtered.text, {
      subject: 'CN=\\u{202e}[e-mail] [word]',
      issuer: null,
      san: ['[address]'],
      sni: claimName(claimTagOfToken(TOKEN)),
    });
    assert.equal('whole' in filtered, false);
    const { whole } = await texts(ids.second, '?reveal=1');
    assert.deepEqual(Object(whole).subject, 'CN=\\u{202e}me@example.com wanker');
    assert.equal((await ask(`/api/v1/attempts/${ids.second}/text?reveal=yes`)).status, 400);

    await hideTexts(database.owner.pool, ids.second, 1);
    const hidden = await texts(ids.second, '?reveal=1');
    assert.deepEqual([hidden.hidden, hidden.text, hidden.whole, hidden.credit], [true, null, null, null]);
    await showTexts(database.owner.pool, ids.second);
    assert.equal((await texts(ids.second)).credit, 'second');
  });

  test('erased, an attempt keeps its public row and its leaf, and opens no more', async () => {
    const leaf = `/api/v1/attempts/${ids.second}/leaf?revision=1`;
    const before = await json(ask(leaf, null));
    await putCredit(ids.second, 'second');
    const remove = () => ask(`/api/v1/attempts/${ids.second}/private`, TOKEN, { method: 'DELETE' });
    assert.equal((await remove()).status, 204);
    assert.equal((await remove()).status, 204, 'twice is fine');
    for (const path of ['transcript', 'pcap', 'private']) {
      assert.equal((await ask(`/api/v1/attempts/${ids.second}/${path}`)).status, 410, path);
    }
    assert.equal((await putCredit(ids.second, 'again')).status, 410);
    assert.deepEqual(await texts(ids.second, '?reveal=1'), {
      ...{ id: ids.second, erased: true, hidden: false, credit: null, text: null, whole: null },
    });
    assert.deepEqual(await json(ask(leaf, null)), before);
    const row = await json<{ erased: boolean; hello: { alpn: unknown } }>(ask(`/api/v1/attempts/${ids.second}`, null));
    assert.deepEqual([row.erased, row.hello.alpn], [true, []]);
    const lines = await (await ask('/api/v1/attempts?format=jsonl', null)).text();
    const erased = lines
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
      .map(line => [line.id === ids.second, line.erased]);
    assert.ok(
      erased.every(([isIt, said]) => isIt === said),
      lines,
    );
    const csv = await (await ask('/api/v1/attempts?format=csv', null)).text();
    const column = (csv.split('\r\n')[0] ?? '').split(',').indexOf('erased');
    assert.ok(column > 0);
  });

  test('a token never comes into the log, also when everything fails', async () => {
    await claims.stop();
    const answer = await ask(`/api/v1/attempts/${ids.own}/transcript`);
    assert.deepEqual([answer.status, (await json<{ code: string }>(answer)).code], [503, 'CLAIMS_UNAVAILABLE']);
    assert.ok(
      logged.some(line => line.includes('CLAIMS_UNAVAILABLE')),
      'the failure is in the log',
    );
    for (const token of [TOKEN, OTHER_TOKEN, 'Bearer']) {
      assert.ok(!logged.some(line => line.toLowerCase().includes(token.toLowerCase())), token);
    }
  });
});

describe('whoever asks', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let data: string;
  let claims: Running;
  const apis: RunningApi[] = [];

  before(async () => {
    database = await startTestDatabase();
    data = await mkdtemp(join(tmpdir(), 'pinata-me-'));
    const { pool } = database.owner;
    const options = { pool, tokenKey: () => KEY, words: wordList([]), erase: async () => {} };
    const { layout } = readConfig({ PINATA_DATA: data });
    claims = await serveClaims(layout.sockets.claims, new Claims(options), SILENT);
    await publish(database);
  });
  after(async () => {
    for (const api of apis) await api.stop();
    await claims?.stop();
    await database?.stop();
    if (data) await rm(data, { recursive: true });
  });

  const apiWith = async (env: Record<string, string>, limits: Partial<typeof LIMITS> = {}) => {
    const config = readConfig({
      PINATA_DATA: data,
      PINATA_HTTP_PORT: '0',
      PINATA_API_DATABASE_URL: database.apiUrl,
      ...env,
    });
    const api = await start(config, SILENT, { dashboard: '/nonexistent', limits: { ...LIMITS, ...limits } });
    apis.push(api);
    return api;
  };
  interface Me {
    day: string;
    srcToken: string;
    ipVersion: number;
    rows: { source: { srcToken: string } }[];
    quota: { attemptsLastMinute: number; refusedLastMinute: number };
  }
  const me = async (api: RunningApi, forwarded?: string): Promise<Me> => {
    const headers: Record<string, string> = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    return (await (await fetch(`${api.url}/api/v1/me`, { headers })).json()) as Me;
  };

  test('sees the rows of its own address, and nothing of the address it claims to have', async () => {
    const api = await apiWith({});
    const own = await me(api);
    assert.equal(own.day, new Date().toISOString().slice(0, 10));
    assert.equal(own.srcToken, sourceToken(KEY, '127.0.0.1'));
    assert.deepEqual(await me(api, '192.0.2.7'), own, 'nobody’s word counts');
    assert.equal(own.rows.length, 0);
  });

  test('behind the one trusted proxy it is known by what the proxy says, not by what it said to the proxy', async () => {
    const api = await apiWith({ PINATA_TRUSTED_PROXY: '127.0.0.1' });
    const { srcToken, rows, quota } = await me(api, '192.0.2.7');
    assert.equal(srcToken, sourceToken(KEY, '192.0.2.7'));
    assert.equal(rows.length, 3);
    assert.ok(rows.every(({ source }) => source.srcToken === srcToken));
    assert.deepEqual([quota.attemptsLastMinute, quota.refusedLastMinute], [3, 5]);
    assert.deepEqual((await me(api, '192.0.2.7, 198.51.100.1')).srcToken, sourceToken(KEY, '198.51.100.1'));
    assert.equal((await me(api, '2001:db8:1:2:3::4')).srcToken, sourceToken(KEY, '2001:db8:1:2::1'), 'IPv6 by its /64');
    assert.equal((await me(api, '::ffff:192.0.2.7')).ipVersion, 4);
  });

  test('no page of another origin may read it, and nobody keeps it', async () => {
    const { headers } = await fetch(`${(await apiWith({})).url}/api/v1/me`);
    assert.equal(headers.get('access-control-allow-origin'), null);
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  test('tokens can be tried far less often than data can be read', async () => {
    const api = await apiWith({}, { claimsPerMinute: 3 });
    const wrong = () =>
      fetch(`${api.url}/api/v1/attempts/018f0000-0000-7000-8000-000000000000/private`, {
        headers: { authorization: `Bearer ${newClaimToken()}` },
      });
    const statuses: number[] = [];
    for (let times = 0; times < 4; times++) statuses.push((await wrong()).status);
    assert.deepEqual(statuses, [404, 404, 404, 429]);
    assert.equal((await fetch(`${api.url}/api/v1/attempts`)).status, 200);
    assert.ok(LIMITS.claimsPerMinute * 10 < LIMITS.requestsPerMinute);
  });
});

/** Three attempts of one address, as ingest stores them: two with the tag of a token, of which one has texts, and one without. */
async function publish(database: TestDatabase): Promise<{ own: string; second: string; untagged: string }> {
  const ends: (() => void)[] = [];
  const context = { after: (end: () => void) => void ends.push(end) };
  const spools = memorySpools();
  const ingest = await ingestOn(context, database.owner, spools);
  const second = Math.floor(Date.now() / 1000 - 30) * SECOND;
  const { bootId, facts } = bootStory('practice', second - 60 * SECOND);
  const sni = claimName(claimTagOfToken(TOKEN));
  const own = attemptStory({ bootId, at: second + 123_456, sent: clientHello({ sni }) });
  const texts = attemptStory({ bootId, at: second + SECOND, sent: clientHello({ sni: sni.toUpperCase() }) });
  const untagged = attemptStory({ bootId, at: second + 2 * SECOND, sent: clientHello({ sni: 'example.org' }) });
  const all = [own, texts, untagged];
  spools.supervisor.append(...facts, ...all.flatMap(({ supervisor }) => supervisor), beat(second + 12 * SECOND));
  spools.gateway.append(...all.flatMap(({ gateway }) => gateway), beat(second + 12 * SECOND));
  await ingest.read();
  await ingest.pipeline.flush();
  for (const end of ends) end();
  const { pool } = database.owner;
  await pool.query(
    `update attempt set record = jsonb_set(jsonb_set(jsonb_set(record, '{certificate,subject}', to_jsonb($2::text)),
       '{certificate,san}', '["192.0.2.99"]'), '{hello,sni}', to_jsonb($3::text)) where id = $1`,
    [texts.id, SUBJECT, sni],
  );
  // As ingest would with the key of this test; the one of the harness is another.
  await pool.query('update attempt set src_token = $1, record = jsonb_set(record, $2, to_jsonb($1::text))', [
    sourceToken(KEY, '192.0.2.7'),
    '{source,srcToken}',
  ]);
  await pool.query('insert into refusal (minute_us, target, channel, src_token, attempts) values ($1, $2, $3, $4, 5)', [
    Date.now() * 1000 - 20 * SECOND,
    'practice',
    'server',
    sourceToken(KEY, '192.0.2.7'),
  ]);
  return { own: own.id, second: texts.id, untagged: untagged.id };
}
