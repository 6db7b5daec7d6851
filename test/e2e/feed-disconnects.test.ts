import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startTestDatabase } from '../../server/src/api/testing/test-database.ts';
import { until } from '../../server/src/testing/until.ts';
import { startApiProcess } from './feed/api-process.ts';
import { startCutter } from './feed/cutter.ts';
import { Follower } from './feed/follower.ts';
import { Publisher } from './feed/publisher.ts';

const ATTEMPTS_PER_SECOND = 60;
const CUTS = 34;
const ABORTS = 16;
const KILLS = 6;
/** The head of a response and its first events are about half of it: some connections end in there, some in later frames. */
const CUT_WITHIN_BYTES = 6_000;

test('over many forced disconnects, what was received and what was reported skipped is all, and nothing twice', {
  timeout: 240_000,
}, async t => {
  const closers: (() => Promise<void> | void)[] = [];
  t.after(async () => {
    for (const close of closers.reverse()) await close();
  });
  const database = await startTestDatabase();
  closers.push(() => database.stop());
  const publisher = new Publisher(database.ownerUrl, ATTEMPTS_PER_SECOND);
  publisher.start();
  closers.push(() => publisher.stop());
  await until('something is published', () => publisher.published > 0);
  const api = await startApiProcess(database.apiUrl);
  closers.push(() => api.stop());
  const cutter = await startCutter(api.port);
  closers.push(() => cutter.close());

  const snapshot = await fetch(`http://127.0.0.1:${api.port}/live/snapshot.json`);
  const { cursor } = (await snapshot.json()) as { cursor: number };
  const follower = new Follower(cursor);
  let disconnects = 0;
  for (const how of shuffled([...times('cut', CUTS), ...times('abort', ABORTS), ...times('kill', KILLS)])) {
    if (how === 'cut') cutter.cutNextAfter(Math.floor(Math.random() * CUT_WITHIN_BYTES));
    const ended = follower.follow(cutter.port, disconnects % 2 === 0);
    if (how !== 'cut') {
      // At any moment: before the answer, within a frame, between two.
      await Promise.race([pause(Math.random() * 700), ended]);
      if (how === 'abort') follower.abort();
      else await api.killAndRestart();
    }
    await ended;
    disconnects += 1;
  }

  await publisher.stop();
  const last = await newestChange(api.port);
  const ended = follower.follow(cutter.port, true);
  await until('it has come to the newest change', () => follower.lastId === last, 30_000);
  follower.abort();
  await ended;
  assert.equal(disconnects, CUTS + ABORTS + KILLS);
  assert.equal(follower.counts.resets, 0);
  const all = Array.from({ length: last - cursor }, (_, step) => cursor + 1 + step);
  assert.deepEqual(
    follower.changes.toSorted((a, b) => a - b),
    all,
  );
  const { rows, skipped } = follower.counts;
  t.diagnostic(`${disconnects} disconnects, ${all.length} changes published: ${rows} received, ${skipped} skipped`);
  assert.ok(rows > 0 && skipped > 0);
});

async function newestChange(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/attempts?limit=1`);
  const { meta } = (await response.json()) as { meta: { change: number } };
  return meta.change;
}

function times<T>(value: T, count: number): T[] {
  return Array.from({ length: count }, () => value);
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map(value => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
