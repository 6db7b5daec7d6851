import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Check } from 'typebox/schema';
import { COLUMNS } from '../export/columns.ts';
import { publicSchema } from '../export/project.ts';
import { newUuidV7 } from '../wire/ids.ts';
import type { AttemptRecord } from '../wire/record.ts';
import type { RunningApi } from './start.ts';
import { makeRecords, publish, type Wanted } from './testing/records.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';

const ROWS = 240;
const START_US = Date.parse('2026-11-20T12:00:00Z') * 1000;
const BOOTS = [newUuidV7(START_US / 1000), newUuidV7(START_US / 1000 + 1)];
const SPKI = '5a'.repeat(32);
const TAG = '7b'.repeat(20);

/** Fifty seconds apart, so that they lie on both sides of midnight. */
const wanted: Wanted[] = Array.from({ length: ROWS }, (_, index) => ({
  startedUs: START_US + index * 300_000_000 + index * 37,
  target: index % 3 === 0 ? 'prize' : 'practice',
  channel: (['server', 'callback', 'client'] as const)[index % 3] ?? 'server',
  depth: index % 9,
  outcome: index % 2 === 0 ? 'abandoned' : 'certificate_missing',
  selfTest: index % 10 === 0,
  country: index % 4 === 0 ? 'DE' : 'ZZ',
  ja4: index % 5 === 0 ? 't13i<\'"&>' : 't13i310900_e8f1e7e78f70_1f22a2ca17c4',
  bootId: BOOTS[index % 2] ?? null,
  classes: index % 6 === 0 ? ['E01', 'C21'] : [],
  alpn: ['=cmd|" /C calc"!A0', '\u202Eh2'],
  ...(index % 7 === 0 && { spki: SPKI }),
  ...(index === 33 && { claimTag: TAG }),
}));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

type Row = Omit<AttemptRecord, 'durationUs'>;
interface Page {
  rows: Row[];
  meta: { change: number; snapshot: number | null };
  next: string | null;
}

describe('the attempts of the api', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let api: RunningApi;

  before(async () => {
    database = await startTestDatabase();
    await publish(database, makeRecords(wanted));
    api = await startTestApi(database.apiUrl);
  });
  after(async () => {
    await api?.stop();
    await database?.stop();
  });

  const get = (path: string, headers: Record<string, string> = {}) => fetch(api.url + path, { headers });
  const page = async (path: string): Promise<Page> => {
    const response = await get(path);
    assert.equal(response.status, 200, path);
    return (await response.json()) as Page;
  };
  const walk = async (path: string): Promise<Row[]> => {
    const rows: Row[] = [];
    for (let next: string | null = path; next; ) {
      const { rows: more, next: following }: Page = await page(next);
      rows.push(...more);
      next = following;
    }
    return rows;
  };
  const problem = async (path: string) => {
    const response = await get(path);
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
    return (await response.json()) as { status: number; code: string; remedy: string; detail: string };
  };

  test('are listed newest first, valid under the published schema', async () => {
    const { rows, meta } = await page('/api/v1/attempts');
    assert.equal(rows.length, 50);
    assert.equal(rows[0]?.seq, ROWS);
    assert.equal(meta.change, ROWS);
    const schema = publicSchema();
    for (const row of rows) assert.ok(Check(schema, row), JSON.stringify(row));
  });

  test('are paged in both orders with no gap and no double', async () => {
    const all = Array.from({ length: ROWS }, (_, index) => index + 1);
    for (const limit of [7, 80, 240, 1000]) {
      const down = await walk(`/api/v1/attempts?limit=${limit}`);
      const up = await walk(`/api/v1/attempts?order=asc&limit=${limit}`);
      assert.deepEqual(
        up.map(row => row.seq),
        all,
      );
      assert.deepEqual(
        down.map(row => row.seq),
        all.toReversed(),
      );
    }
  });

  test('stay between the bounds that a page was asked for', async () => {
    const rows = await walk('/api/v1/attempts?after=10&before=31&limit=3');
    assert.deepEqual(
      rows.map(row => row.seq),
      Array.from({ length: 20 }, (_, index) => 30 - index),
    );
  });

  test('lead to the next page by a Link header too', async () => {
    const response = await get('/api/v1/attempts?limit=2&order=asc');
    const { next } = (await response.json()) as Page;
    assert.equal(response.headers.get('link'), `<${next}>; rel="next"`);
    assert.equal((await get(`/api/v1/attempts?after=${ROWS - 1}`)).headers.get('link'), null);
  });

  test('are followed by polling after the last seq', async () => {
    assert.deepEqual((await page(`/api/v1/attempts?order=asc&after=${ROWS}`)).rows, []);
  });

  const filters: [string, (row: Row) => boolean][] = [
    ['target=prize', row => row.target === 'prize'],
    ['outcome=certificate_missing', row => row.result.outcome === 'certificate_missing'],
    ['class=C21', row => row.result.classes.some(({ id }) => id === 'C21')],
    ['depthMin=5', row => row.result.depth >= 5],
    ['channel=callback', row => row.channel === 'callback'],
    ['country=DE', row => row.source.country === 'DE'],
    [`ja4=${encodeURIComponent('t13i<\'"&>')}`, row => row.hello?.ja4 === 't13i<\'"&>'],
    [`spki=${SPKI}`, row => row.certificate.leafSpkiSha256 === SPKI],
    [`boot=${BOOTS[1]}`, row => row.bootId === BOOTS[1]],
    [`claimTag=${TAG}`, row => row.result.claimTag === TAG],
    ['selfTest=true', row => row.result.selfTest],
    ['selfTest=false', row => !row.result.selfTest],
    [
      'from=2026-11-20T14:00:00Z&to=2026-11-21T00:00:00Z',
      row => row.startedAt >= '2026-11-20T14' && row.startedAt < '2026-11-21',
    ],
    ['from=2026-11-21', row => row.startedAt >= '2026-11-21'],
    [
      'target=prize&depthMin=3&selfTest=false&country=DE',
      row => row.target === 'prize' && row.result.depth >= 3 && !row.result.selfTest && row.source.country === 'DE',
    ],
  ];
  for (const [query, keeps] of filters) {
    test(`are filtered by ${query.replace(/=[^&]*/g, '')} (${query.slice(0, 40)})`, async () => {
      const all = await walk('/api/v1/attempts?limit=1000');
      const expected = all.filter(keeps).map(row => row.seq);
      assert.ok(expected.length > 0 && expected.length < all.length, 'the filter must make a difference');
      assert.deepEqual(
        (await walk(`/api/v1/attempts?limit=17&${query}`)).map(row => row.seq),
        expected,
      );
    });
  }

  test('a tag answers 304 until a row changes', async () => {
    const first = await get('/api/v1/attempts?limit=3');
    const tag = first.headers.get('etag') ?? '';
    const again = await get('/api/v1/attempts?limit=3', { 'if-none-match': tag });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), '');
    assert.equal((await get('/api/v1/attempts?limit=4', { 'if-none-match': tag })).status, 200);
  });

  test('wrong questions are refused with a code', async () => {
    const wrong: [string, string][] = [
      ['nonsense=1', 'PARAMETER_UNKNOWN'],
      ['limit=0', 'REQUEST_INVALID'],
      ['limit=1001', 'REQUEST_INVALID'],
      ['limit=ten', 'REQUEST_INVALID'],
      ['limit=1&limit=2', 'REQUEST_INVALID'],
      ['order=up', 'REQUEST_INVALID'],
      ['outcome=won', 'REQUEST_INVALID'],
      ['boot=1', 'REQUEST_INVALID'],
      ['from=yesterday', 'REQUEST_INVALID'],
      ['from=2026-13-45', 'REQUEST_INVALID'],
      ['snapshot=999999', 'REQUEST_INVALID'],
      ['format=xml', 'REQUEST_INVALID'],
      ['after=-1', 'REQUEST_INVALID'],
    ];
    for (const [query, code] of wrong) {
      const answer = await problem(`/api/v1/attempts?${query}`);
      assert.deepEqual([answer.status, answer.code], [400, code], query);
      assert.ok(answer.remedy.length > 0);
    }
  });

  test('text that attackers sent is found, not run: it is only ever a parameter', async () => {
    assert.deepEqual((await page(`/api/v1/attempts?target=${encodeURIComponent("' or 1=1 --")}`)).rows, []);
  });

  test('one attempt is the same as in the list, with its leaf beside it', async () => {
    const { rows } = await page('/api/v1/attempts?limit=1');
    const row = rows[0];
    const response = await get(`/api/v1/attempts/${row?.id}`);
    assert.deepEqual(await response.json(), row);
    const tag = response.headers.get('etag') ?? '';
    assert.equal((await get(`/api/v1/attempts/${row?.id}`, { 'if-none-match': tag })).status, 304);
    const leaf = (await (await get(`/api/v1/attempts/${row?.id}/leaf`)).json()) as { leafHash: string; leaf: object };
    assert.equal(leaf.leafHash, row?.leafHash);
    assert.ok(Object.keys(leaf.leaf).length > 5);
  });

  test('an attempt that is not there is 404, a name that is none 400', async () => {
    const missing = await problem(`/api/v1/attempts/${newUuidV7(1)}`);
    assert.deepEqual([missing.status, missing.code], [404, 'ATTEMPT_UNKNOWN']);
    assert.equal((await problem('/api/v1/attempts/first')).code, 'REQUEST_INVALID');
  });

  test('every public field is a column, and every row a line', async () => {
    const text = await (await get('/api/v1/attempts?format=csv&outcome=abandoned')).text();
    assert.equal(text.split('\r\n')[0], COLUMNS.map(({ name }) => name).join(','));
    const response = await get('/api/v1/attempts?format=jsonl');
    assert.equal(response.headers.get('pinata-snapshot'), String(ROWS));
    assert.match(response.headers.get('content-disposition') ?? '', /attachment; filename="attempts-at-240\.jsonl"/);
    const lines = (await response.text())
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Row);
    assert.deepEqual(
      lines.map(row => row.seq),
      Array.from({ length: ROWS }, (_, index) => index + 1),
    );
  });

  test('a file obeys limit, order and filters', async () => {
    const text = await (await get('/api/v1/attempts?format=jsonl&order=desc&limit=5&target=prize')).text();
    const rows = text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Row);
    assert.equal(rows.length, 5);
    assert.ok(rows.every(row => row.target === 'prize'));
    assert.equal(await (await get('/api/v1/attempts?format=jsonl&target=none')).text(), '');
    assert.equal((await (await get('/api/v1/attempts?format=csv&target=none')).text()).split('\r\n').length, 2);
  });

  test('a snapshot gives the same bytes after rows were revised and added', async () => {
    const files = ['jsonl', 'csv'].flatMap(format =>
      ['', '&order=desc', '&target=prize', '&depthMin=4'].map(
        rest => `/api/v1/attempts?format=${format}&snapshot=${ROWS}${rest}`,
      ),
    );
    const digests = async () => {
      const found: string[] = [];
      for (const path of files) found.push(sha256(await (await get(path)).text()));
      return found;
    };
    const listed = await walk(`/api/v1/attempts?limit=31&snapshot=${ROWS}`);
    assert.equal(listed[0]?.seq, ROWS, 'the row that the snapshot ends with is in it');
    const before = await digests();
    const tag = (await get(files[0] ?? '')).headers.get('etag') ?? '';

    const some = [5, 77, 200];
    const revised = makeRecords(
      wanted.map(want => ({ ...want, depth: 8, outcome: 'guest_crash' as const })),
      99,
    );
    const { rows } = await page('/api/v1/attempts?limit=1000&order=asc');
    await publish(
      database,
      some.map(index => ({ ...(revised[index] as (typeof revised)[number]), id: rows[index]?.id ?? '' })),
    );
    await publish(database, makeRecords(wanted.slice(0, 20), 3));

    assert.deepEqual(await digests(), before);
    assert.equal(new Set(before).size, files.length, 'the files differ from each other');
    assert.deepEqual(await walk(`/api/v1/attempts?limit=31&snapshot=${ROWS}`), listed);
    assert.equal((await get(files[0] ?? '', { 'if-none-match': tag })).status, 304);

    // At each of the three revisions' own changes: every row once, revised exactly where that had happened.
    for (const [done, index] of some.entries()) {
      const then = await walk(`/api/v1/attempts?limit=100&order=asc&snapshot=${ROWS + done + 1}`);
      assert.deepEqual(
        then.map(row => row.seq),
        Array.from({ length: ROWS }, (_, at) => at + 1),
      );
      assert.equal(then[index]?.revision, 2);
      assert.equal(then.filter(row => row.revision === 2).length, done + 1);
    }

    const now = await walk('/api/v1/attempts?limit=1000&order=asc');
    assert.equal(now.length, ROWS + 20);
    assert.deepEqual(
      now.filter(row => row.revision === 2).map(row => row.seq),
      some.map(index => index + 1),
    );
    const id = rows[5]?.id;
    assert.equal(((await (await get(`/api/v1/attempts/${id}`)).json()) as Row).result.outcome, 'guest_crash');
    assert.deepEqual(await (await get(`/api/v1/attempts/${id}?revision=1`)).json(), rows[5]);
    assert.equal((await problem(`/api/v1/attempts/${id}?revision=3`)).code, 'ATTEMPT_UNKNOWN');
  });
});
