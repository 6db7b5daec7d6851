import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { putAnnouncement, withdrawAnnouncement } from '../admin/announcements.ts';
import { publishHead } from '../admin/audit-head.ts';
import { putBan } from '../admin/bans.ts';
import { raiseAlarms } from '../store/log-tables.ts';
import type { Alarm } from '../store/publication.ts';
import { inTransaction } from '../store/transaction.ts';
import { until } from '../testing/until.ts';
import { RULES } from '../trust/rules.ts';
import { readTerms } from '../trust/terms.ts';
import { newAttemptId, newUuidV7, nowMicros } from '../wire/ids.ts';
import { atomFeed } from './atom.ts';
import { badgeSvg, badgeText } from './badge.ts';
import type { Event, EventRow } from './queries/events.ts';
import type { RunningApi } from './start.ts';
import type { Status } from './status.ts';
import { bootTarget, CRASH_DETAIL } from './testing/boots.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';

const S = 1_000_000;
const HOSTILE = `<script>alert('1')</script> & "quotes" ]]>`;
const SITE = `here & "now" <`;

/** Reads XML with a parser that is not ours; gives each element as [name, text]. */
function parseXml(xml: string): [string, string][] {
  const program = `import sys, json, xml.etree.ElementTree as e
print(json.dumps([[x.tag, x.text or ''] for x in e.fromstring(sys.stdin.buffer.read()).iter()]))`;
  return JSON.parse(execFileSync('python3', ['-c', program], { input: xml, encoding: 'utf8' }));
}

describe('what organisers say and what happens', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let api: RunningApi;
  let crashed: string;
  const released = newAttemptId(nowMicros());
  const json = async <T>(path: string): Promise<T> => (await (await fetch(api.url + path)).json()) as T;
  const alarm = (more: Partial<Alarm>) =>
    inTransaction(database.owner.pool, client =>
      raiseAlarms(client, [
        {
          kind: 'self_test_failed',
          raisedUs: nowMicros(),
          target: 'prize',
          attemptId: null,
          detail: CRASH_DETAIL,
          ...more,
        },
      ]),
    );

  before(async () => {
    database = await startTestDatabase();
    // Whole seconds, so that the ends of a span can be hit.
    const now = Math.floor(nowMicros() / S) * S;
    crashed = await bootTarget(database, 'practice', { at: now - 600 * S, end: 'crash' });
    await bootTarget(database, 'prize', { at: now - 300 * S });
    await alarm({ kind: 'self_test_stale', raisedUs: now - 100 * S, cause: 'x' });
    await putAnnouncement(database.owner.pool, { atUs: now - 50 * S, untilUs: null, text: HOSTILE });
    const gone = await putAnnouncement(database.owner.pool, { atUs: now - 60 * S, untilUs: null, text: 'withdrawn' });
    await withdrawAnnouncement(database.owner.pool, gone, now);
    await putAnnouncement(database.owner.pool, { atUs: now - 70 * S, untilUs: now - 1 * S, text: 'over' });
    api = await startTestApi(database.apiUrl, { env: { PINATA_SITE: SITE } });
  });
  after(async () => {
    await api?.stop();
    await database?.stop();
  });

  test('events: boots, crashes, releases, alarms and announcements, newest first, within their span', async () => {
    await alarm({ kind: 'released', attemptId: released });
    const { rows } = await json<{ rows: Event[] }>('/api/v1/events');
    assert.deepEqual(
      rows.map(({ kind, target }) => [kind, target]),
      [
        ['release', 'prize'],
        ['announcement', null],
        ['announcement', null],
        ['alarm', 'prize'],
        ['boot', 'prize'],
        ['crash', 'practice'],
        ['boot', 'practice'],
      ],
    );
    assert.deepEqual(rows[0]?.link, `/attempts/${released}`);
    assert.deepEqual(rows[1]?.title, HOSTILE);
    assert.deepEqual(rows[3]?.title, 'prize has had no self-test for too long');
    assert.deepEqual(rows[5]?.link, `/api/v1/boots/${crashed}`);
    assert.ok(!JSON.stringify(rows).includes(CRASH_DETAIL), 'where it crashed stays with the operators');
    const [, , , stale, boot] = rows;
    const span = await json<{ rows: Event[] }>(`/api/v1/events?from=${boot?.at}&to=${stale?.at}`);
    assert.deepEqual(
      span.rows.map(({ kind }) => kind),
      ['boot'],
      'the start is in it, the end is not',
    );
    assert.equal((await json<{ rows: Event[] }>('/api/v1/events?limit=2')).rows.length, 2);
    for (const bad of ['limit=0', 'limit=501', 'from=yesterday', 'kind=boot'])
      assert.equal((await fetch(`${api.url}/api/v1/events?${bad}`)).status, 400, bad);
  });

  test('announcements that are shown stand in the snapshot and for themselves; the others do not', async () => {
    const texts = ({ rows }: { rows: { text: string }[] }) => rows.map(({ text }) => text);
    assert.deepEqual(texts(await json('/api/v1/announcements')), [HOSTILE]);
    const { announcements } = await json<{ announcements: { text: string }[] }>('/live/snapshot.json');
    assert.deepEqual(texts({ rows: announcements }), [HOSTILE]);
  });

  test('the feed is Atom, whatever the texts are', async () => {
    const response = await fetch(`${api.url}/feed.atom`);
    assert.match(response.headers.get('content-type') ?? '', /^application\/atom\+xml/);
    const elements = parseXml(await response.text());
    const of = (name: string) =>
      elements.flatMap(([tag, text]) => (tag === `{http://www.w3.org/2005/Atom}${name}` ? [text] : []));
    const entries = of('entry').length;
    assert.ok(entries >= 6);
    assert.equal(of('title')[0], `The Piñata: ${SITE}`);
    assert.ok(of('title').includes(HOSTILE));
    // RFC 4287 §4.1.1 and §4.1.2: each has exactly one id, title and updated, the feed too.
    for (const name of ['id', 'title', 'updated']) assert.equal(of(name).length, entries + 1, name);
    assert.equal(new Set(of('id')).size, entries + 1);
    assert.equal(of('author').length, 1);
    for (const time of of('updated')) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(of('script'), []);
  });

  test('characters that XML cannot hold do not break the feed', () => {
    const what = 'a\u0000b\u001b[31m\ud800\ufffe';
    const row: EventRow = { at_us: 0, kind: 'announcement', id: '1', target: null, what, ref: null };
    const feed = atomFeed([row], { url: 'http://pinata.example', site: 'x', nowUs: 0 });
    assert.ok(parseXml(feed).some(([, text]) => text === 'a\ufffdb\ufffd[31m\ufffd\ufffd'));
  });

  test('pinata.json: the rules that the page shows, the terms that records name, bans as a number, the log’s head', async () => {
    const ban = {
      id: newUuidV7(Date.now()),
      network: '198.51.100.7/32',
      madeUs: nowMicros(),
      untilUs: nowMicros() + 9 * S,
    };
    await putBan(database.owner.pool, ban);
    const ended = { ...ban, id: newUuidV7(Date.now()), network: '198.51.100.8/32', untilUs: nowMicros() - S };
    await putBan(database.owner.pool, ended);
    await publishHead(database.owner.pool, { entries: 3, sha256: 'ab'.repeat(32) });
    const said = await json<{ rules: object; bans: object; organisersLog: object }>('/.well-known/pinata.json');
    assert.deepEqual(said.bans, { active: 1 });
    assert.deepEqual(said.organisersLog, { entries: 3, sha256: 'ab'.repeat(32) });
    assert.deepEqual(said.rules, { terms: { ...readTerms() }, ...RULES });
    assert.ok(!JSON.stringify(said).includes('198.51.100'));
  });

  test('the status says of nobody that all is well whose teller is silent', async () => {
    const beat = (name: string, agoS: number) =>
      database.owner.pool.query(
        `insert into component (name, state, beat_us) values ($1, 'up', $2)
         on conflict (name) do update set beat_us = excluded.beat_us`,
        [name, nowMicros() - agoS * S],
      );
    const all = (agoS: number) => Promise.all([beat('gateway', agoS), beat('supervisor', agoS), beat('ingest', agoS)]);
    const health = async () => {
      const { components, targets } = await json<Status>('/status.json');
      return [
        ...components.map(one => `${one.name} ${one.health}`),
        ...targets.map(one => `${one.target} ${one.known}`),
      ];
    };
    const becomes = (what: string, expected: string[]) =>
      until(what, async () => JSON.stringify(await health()) === JSON.stringify(expected));
    await all(0);
    await becomes('all well', ['gateway ok', 'ingest ok', 'supervisor ok', 'prize true', 'practice true']);
    await beat('supervisor', 60);
    await becomes('a silent supervisor', [
      'gateway ok',
      'ingest ok',
      'supervisor silent',
      'prize false',
      'practice false',
    ]);
    await all(60);
    await becomes('a silent ingest', [
      ...['gateway unknown', 'ingest silent', 'supervisor unknown', 'prize false', 'practice false'],
    ]);
    await all(0);
    await becomes('all well again', ['gateway ok', 'ingest ok', 'supervisor ok', 'prize true', 'practice true']);
    await database.crash();
    await becomes('no database', [
      'gateway unknown',
      'ingest unknown',
      'supervisor unknown',
      'prize false',
      'practice false',
    ]);
    assert.match(await (await fetch(`${api.url}/badge.svg`)).text(), /pinata: released/);
    await database.restart();
  });
});

test('the badge tells what is known and nothing else', () => {
  const prize = { prize: true, released: null, unclaimedSince: '2026-11-12T00:00:00Z' } as Status['targets'][number];
  const ingest = { name: 'ingest', state: 'up', beatAt: '', ageS: 1, stale: false };
  const [told, silent] = [[{ ...ingest, health: 'ok' as const }], [{ ...ingest, health: 'silent' as const }]];
  const at = { components: told, generatedAt: '2026-11-24T23:59:59Z', targets: [prize] };
  const words = (more: Partial<Parameters<typeof badgeText>[0]>) =>
    badgeText({ ...at, targets: [prize], ...more }).words;
  assert.equal(words({}), 'unclaimed 12 d');
  assert.equal(words({ generatedAt: '2026-11-12T05:59:00Z' }), 'unclaimed 5 h');
  assert.equal(words({ components: silent }), 'unknown');
  assert.equal(words({ targets: [] }), 'unknown');
  assert.equal(words({ targets: [{ ...prize, unclaimedSince: null }] }), 'unknown');
  const released = { ...prize, released: { id: 'x', at: '2026-11-13T00:00:00Z' } };
  assert.equal(words({ targets: [released], components: silent }), 'released');
  const picture = parseXml(badgeSvg({ words: 'unclaimed 12 d', tone: 'calm' }));
  assert.ok(picture.some(([tag, text]) => tag.endsWith('title') && text === 'pinata: unclaimed 12 d'));
});
