import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FeedState } from '../../server/src/api/live/feed-state.ts';
import type { Snapshot, StreamEvents } from '../../server/src/api/snapshot.ts';
import type { Status } from '../../server/src/api/status.ts';
import { type EventStream, openStream } from '../../server/src/api/testing/event-stream.ts';
import { until } from '../../server/src/testing/until.ts';
import { withoutPostgres } from './faults/outage.ts';
import { pidOf, pidsOf, stopped, VICTIMS, type Victim } from './faults/victims.ts';
import { type Installation, removeInstallation, startInstallation } from './installation.ts';

const DEADLINE_MS = 30_000;
const ANSWER_MS = 5_000;

describe('whatever stops, the feed says so', { timeout: 240_000 }, () => {
  let it: Installation;
  let stream: EventStream;

  before(async () => {
    it = await startInstallation();
    stream = await openStream(`${it.url}/api/v1/stream`);
  });
  after(async () => {
    stream?.close();
    await stream?.ended;
    await it?.stop();
    if (it) await removeInstallation(it);
  });

  const read = async <T>(path: string): Promise<T> => {
    const response = await fetch(it.url + path, { signal: AbortSignal.timeout(ANSWER_MS) });
    return (await response.json()) as T;
  };
  const lastStatus = () => stream.events.findLast(({ event }) => event === 'status')?.data as StreamEvents['status'];
  /** Stream, snapshot and status page say the same. */
  const allSay = async (state: FeedState['state'], because: string | null) => {
    let said: unknown = null;
    await until(
      `the feed is ${state} because of ${because}`,
      async () => {
        const told = [
          lastStatus().feed,
          (await read<Snapshot>('/live/snapshot.json')).feed,
          (await read<Status>('/status.json')).feed,
        ];
        said = told;
        return told.every(one => one.state === state && one.because === because);
      },
      DEADLINE_MS,
      () => JSON.stringify(said),
    );
  };

  test('all runs: it is live, and says up to when it is complete', async () => {
    await allSay('live', null);
    const { feed, generatedAt } = await read<Snapshot>('/live/snapshot.json');
    assert.ok(Date.parse(generatedAt) - Date.parse(feed.completeUntil ?? '') < 10_000, JSON.stringify(feed));
  });

  test('ingest stands still: delayed, and up to when it is complete stays true', async () => {
    await stopped(it, victim('ingest'), async () => {
      await allSay('delayed', 'ingest');
      const { feed } = await read<Status>('/status.json');
      const later = await read<Status>('/status.json');
      assert.equal(later.feed.completeUntil, feed.completeUntil);
      assert.equal(later.database, 'ok');
    });
    await allSay('live', null);
  });

  test('ingest is killed: the same stream goes on with what was published since', async () => {
    const pid = await pidOf(it, victim('ingest'));
    process.kill(pid, 'SIGKILL');
    const from = stream.events.length;
    const since = Date.now();
    await until(
      'it is complete up to after the kill',
      async () => Date.parse((await read<Status>('/status.json')).feed.completeUntil ?? '') > since,
      DEADLINE_MS,
    );
    await until('the stream goes on', () => stream.events.length > from, DEADLINE_MS);
    await allSay('live', null);
  });

  test('PostgreSQL does not answer: down, although nothing said so, and the last picture stays', async () => {
    await stopped(it, victim('PostgreSQL'), async () => {
      await allSay('down', 'database');
      const { overall, database, targets } = await read<Status>('/status.json');
      assert.deepEqual([overall, database, targets.length], ['down', 'down', 2]);
      assert.equal(lastStatus().health, 'down');
      assert.equal((await fetch(`${it.url}/readyz`)).status, 503);
    });
    await allSay('live', null);
  });

  test('PostgreSQL is killed and stays away: down, and live again when it is back', async () => {
    await withoutPostgres(it, 0, () => allSay('down', 'database'));
    await allSay('live', null);
  });

  test('a guest ends: its target is told with its next boot, or not ready while it has none, and then ready', async () => {
    const machine = victim('practice’s QEMU');
    const from = stream.events.length;
    const practice = () =>
      stream.events
        .slice(from)
        .filter(({ event }) => event === 'status')
        .map(({ data }) => (data as StreamEvents['status']).targets.find(({ prize }) => !prize));
    const before = lastStatus().targets.find(({ prize }) => !prize)?.bootId;
    process.kill(await pidOf(it, machine), 'SIGKILL');
    const isTold = () => practice().some(told => told?.state !== 'ready' || told.bootId !== before);
    await until('the stream tells that this boot has ended', isTold, DEADLINE_MS);
    await until(
      'a guest that ends again and again is not ready',
      () => {
        for (const pid of pidsOf(it, machine)) process.kill(pid, 'SIGKILL');
        return practice().some(told => told?.state !== 'ready');
      },
      DEADLINE_MS,
    );
    await until('the stream says that it is ready', () => practice().at(-1)?.state === 'ready', 60_000);
  });

  test('the api stands still: there is no sign of life, then all of it; killed, the stream ends and can be resumed', async () => {
    const api = victim('api');
    await stopped(it, api, async () => {
      await assert.rejects(fetch(`${it.url}/live/snapshot.json`, { signal: AbortSignal.timeout(1_000) }));
    });
    const from = stream.events.length;
    await until('the stream goes on', () => stream.events.length > from, DEADLINE_MS);
    const lastId = stream.events.findLast(({ id }) => id !== null)?.id ?? '0';
    process.kill(await pidOf(it, api), 'SIGKILL');
    await stream.ended;
    await until(
      'another api answers',
      () =>
        read('/healthz').then(
          () => true,
          () => false,
        ),
      DEADLINE_MS,
    );
    stream = await openStream(`${it.url}/api/v1/stream`, { 'last-event-id': lastId });
    await until('it says hello', () => stream.events[0]?.event === 'hello', DEADLINE_MS);
    const hello = stream.events[0]?.data as StreamEvents['hello'];
    assert.equal(hello.cursor, Number(lastId));
    await allSay('live', null);
  });
});

function victim(name: string): Victim {
  const found = VICTIMS.find(one => one.name === name);
  assert.ok(found, name);
  return found;
}
