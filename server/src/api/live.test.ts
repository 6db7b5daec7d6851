import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Snapshot, StreamEvents } from './snapshot.ts';
import type { RunningApi } from './start.ts';
import { type EventStream, openStream } from './testing/event-stream.ts';
import { makeRecords, publish, type Wanted } from './testing/records.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { until } from './testing/until.ts';

const PER_ADDRESS = 5;
const SNAPSHOT_MAX_BYTES = 30_000;
/** As long as the gateway's, ingest's and everybody's limits allow. */
const LONGEST: Wanted = { ja4: 'x'.repeat(40), classes: ['c'.repeat(48)], depth: 8, outcome: 'certificate_unsuitable' };

describe('the live feed', { timeout: 180_000 }, () => {
  let database: TestDatabase;
  let api: RunningApi;
  let published = 0;
  const streams: EventStream[] = [];

  const add = async (count: number) => {
    published += count;
    await publish(
      database,
      makeRecords(
        Array.from({ length: count }, () => LONGEST),
        published,
      ),
    );
  };
  const open = async (query = '', headers: Record<string, string> = {}) => {
    const stream = await openStream(`${api.url}/api/v1/stream${query}`, headers);
    streams.push(stream);
    return stream;
  };
  const frames = (stream: EventStream) =>
    stream.events.filter(({ event }) => event === 'attempts').map(({ data }) => data as StreamEvents['attempts']);
  /** Every change that a stream has accounted for. */
  const covered = (stream: EventStream) =>
    frames(stream).flatMap(({ rows, skipped }) => [
      ...rows.map(({ change }) => change),
      ...skipped.flatMap(({ from, count }) => Array.from({ length: count }, (_, step) => from + step)),
    ]);
  const hello = (stream: EventStream) => stream.events[0]?.data as StreamEvents['hello'];
  const lastId = (stream: EventStream) => stream.events.findLast(({ id }) => id !== null)?.id ?? null;
  const reached = (stream: EventStream, change: number) =>
    until(`the stream comes to ${change}`, () => lastId(stream) === String(change));
  const closeAll = async () => {
    for (const stream of streams.splice(0)) {
      stream.close();
      await stream.ended;
    }
  };
  const snapshot = async () => (await (await fetch(`${api.url}/live/snapshot.json`)).json()) as Snapshot;

  before(async () => {
    database = await startTestDatabase();
    await add(60);
    api = await startTestApi(database.apiUrl, { limits: { streamsPerAddress: PER_ADDRESS } });
  });
  after(async () => {
    await closeAll();
    await api?.stop();
    await database?.stop();
  });

  test('starts from a snapshot of at most 30 kB', async () => {
    const response = await fetch(`${api.url}/live/snapshot.json`);
    const text = await response.text();
    const { attempts, cursor, summary } = JSON.parse(text) as Snapshot;
    assert.equal(attempts.length, 50);
    assert.equal(cursor, 60);
    assert.equal(summary.attempts, 60);
    assert.deepEqual(
      attempts.map(({ seq }) => seq),
      Array.from({ length: 50 }, (_, index) => 60 - index),
    );
    assert.ok(Buffer.byteLength(text) < SNAPSHOT_MAX_BYTES, String(Buffer.byteLength(text)));
    assert.equal(response.headers.get('cache-control'), 'public, max-age=0, s-maxage=2, stale-while-revalidate=10');
  });

  test('a snapshot that did not change is 304', async () => {
    const tag = (await fetch(`${api.url}/live/snapshot.json`)).headers.get('etag') ?? '';
    assert.equal((await fetch(`${api.url}/live/snapshot.json`, { headers: { 'if-none-match': tag } })).status, 304);
  });

  test('goes on from the cursor of the snapshot: hello first, then what is new', async () => {
    const { cursor } = await snapshot();
    const stream = await open(`?after=${cursor}`);
    assert.match(stream.response.headers.get('content-type') ?? '', /^text\/event-stream/);
    await until('hello, stats and status come', () => stream.events.length >= 3);
    assert.deepEqual(
      stream.events.slice(0, 3).map(({ event }) => event),
      ['hello', 'stats', 'status'],
    );
    assert.equal(hello(stream).cursor, cursor);
    await add(3);
    await reached(stream, published);
    assert.deepEqual(covered(stream), [cursor + 1, cursor + 2, cursor + 3]);
    await until('stats follow', () =>
      stream.events.some(
        ({ event, data }) => event === 'stats' && (data as StreamEvents['stats']).attempts === published,
      ),
    );
    await closeAll();
  });

  test('across many reconnects, received and skipped together are every change, each once', async () => {
    const { cursor } = await snapshot();
    const seen: number[] = [];
    let last = String(cursor);
    for (const count of [1, 25, 0, 130, 7]) {
      const stream = await open('?after=1', { 'last-event-id': last });
      await add(count);
      if (count > 0) await reached(stream, published);
      seen.push(...covered(stream));
      last = lastId(stream) ?? last;
      await closeAll();
      // Published while nobody listens.
      await add(4);
    }
    const stream = await open('', { 'last-event-id': last });
    await reached(stream, published);
    seen.push(...covered(stream));
    assert.deepEqual(
      seen.toSorted((a, b) => a - b),
      Array.from({ length: published - cursor }, (_, step) => cursor + 1 + step),
    );
    await closeAll();
  });

  test('a burst is told in few frames, with its deepest rows', async () => {
    const stream = await open();
    await until('hello comes', () => stream.events.length > 0);
    await add(300);
    await reached(stream, published);
    const shown = frames(stream).flatMap(({ rows }) => rows);
    assert.ok(shown.length <= 30, String(shown.length));
    assert.equal(new Set(covered(stream)).size, 300);
    await closeAll();
  });

  test('without a cursor it starts from now', async () => {
    const stream = await open();
    await until('hello comes', () => stream.events.length > 0);
    assert.equal(hello(stream).cursor, published);
    await closeAll();
  });

  test('a cursor from another life of the log is reset, then the stream goes on', async () => {
    const stream = await open(`?after=${published + 1000}`);
    await until('reset comes', () => stream.events.some(({ event }) => event === 'reset'));
    await add(2);
    await reached(stream, published);
    assert.deepEqual(covered(stream), [published - 1, published]);
    await closeAll();
  });

  test('one address may open so many streams, and a place that is left is free again', async () => {
    for (let index = 0; index < PER_ADDRESS; index++) assert.equal((await open()).response.status, 200);
    const refused = await open();
    assert.equal(refused.response.status, 503);
    assert.equal(refused.response.headers.get('retry-after'), '5');
    assert.equal(((await refused.response.json()) as { code: string }).code, 'STREAM_FULL');
    await closeAll();
    await until('a place is free', async () => {
      const again = await open();
      return again.response.status === 200;
    });
    await closeAll();
  });

  test('a cursor that is no number is refused', async () => {
    assert.equal((await open('?after=x')).response.status, 400);
    assert.equal((await open('', { 'last-event-id': 'x' })).response.status, 400);
    assert.equal((await open('?nonsense=1')).response.status, 400);
  });

  test('what was never seen before is told once, also to whoever resumes, and stands in the snapshot', async () => {
    const stream = await open();
    await until('hello comes', () => stream.events.length > 0);
    const before = published;
    const records = makeRecords(
      [
        { ja4: 'x'.repeat(40), country: 'IS' },
        { country: 'IS', depth: 8 },
      ],
      99,
    );
    published += 2;
    await publish(database, records);
    const told = (from: EventStream) =>
      from.events
        .filter(({ event }) => event === 'firsts')
        .flatMap(({ data }) => (data as StreamEvents['firsts']).rows)
        .filter(({ value }) => value === 'IS');
    await until('it is told', () => told(stream).length > 0);
    const resumed = await open(`?after=${before}`);
    await until('it is told again to another', () => told(resumed).length > 0);
    const later = await open(`?after=${published}`);
    await until('beats or stats come', () => later.events.some(({ event }) => event === 'stats'));
    assert.deepEqual([told(stream).length, told(resumed).length, told(later).length], [1, 1, 0]);
    assert.deepEqual(told(stream)[0], { ...told(stream)[0], kind: 'country', attemptId: records[0]?.id });
    assert.ok((await snapshot()).firsts.some(({ value }) => value === 'IS'));
    await publish(database, makeRecords([{ id: records[0]?.id ?? '', country: 'ZZ' }], 7));
    published += 1;
    const other = await startTestApi(database.apiUrl);
    const { firsts } = (await (await fetch(`${other.url}/live/snapshot.json`)).json()) as Snapshot;
    await other.stop();
    assert.ok(!firsts.some(({ value }) => value === 'IS'), 'a revision took it back');
    await closeAll();
  });

  test('stopping ends every stream at once', async () => {
    const other = await startTestApi(database.apiUrl);
    const stream = await openStream(`${other.url}/api/v1/stream`);
    await until('hello comes', () => stream.events.length > 0);
    await Promise.all([other.stop(), stream.ended]);
    await other.stop();
  });
});
