import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EventStream, FeedCore, type FeedWorld, POLL_EVERY_MS, stateOf } from './feed-core.ts';
import type { Snapshot, StreamEvents } from './generated/api.ts';
import { listed, snapshotAt } from './testing/listed.ts';

class FakeStream implements EventStream {
  readyState = 1;
  readonly path: string;
  readonly #listeners = new Map<string, (event: { data?: string }) => void>();

  constructor(path: string) {
    this.path = path;
  }

  addEventListener(name: string, take: (event: { data?: string }) => void): void {
    this.#listeners.set(name, take);
  }

  close(): void {
    this.readyState = 2;
  }

  send<K extends keyof StreamEvents>(name: K, data: StreamEvents[K]): void {
    this.#listeners.get(name)?.({ data: JSON.stringify(data) });
  }

  fail(readyState: number): void {
    this.readyState = readyState;
    this.#listeners.get('error')?.({});
  }
}

/** A browser whose clock and network are the test's. */
class FakeWorld implements FeedWorld {
  readonly streams: FakeStream[] = [];
  answer: () => Promise<Snapshot> = () => Promise.reject(new Error('nobody answers'));
  #now = 1_000_000;
  readonly #timers = new Set<{ at: number; ms: number; act: () => void }>();

  get last(): FakeStream {
    const stream = this.streams.at(-1);
    assert.ok(stream, 'no stream was opened');
    return stream;
  }

  stream(path: string): EventStream {
    this.streams.push(new FakeStream(path));
    return this.last;
  }

  snapshot(): Promise<Snapshot> {
    return this.answer();
  }

  now(): number {
    return this.#now;
  }

  every(ms: number, act: () => void): () => void {
    const timer = { at: this.#now + ms, ms, act };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    while (this.#now < end) {
      this.#now += 1000;
      for (const timer of [...this.#timers]) {
        if (timer.at > this.#now || !this.#timers.has(timer)) continue;
        timer.at += timer.ms;
        timer.act();
      }
      await settled();
    }
  }
}

/** Lets what was answered be taken. */
async function settled(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

const NO_LISTENER = { changed: () => undefined };

async function liveFeed(snapshot: Snapshot | null = snapshotAt(7, [listed({ seq: 7 })])) {
  const world = new FakeWorld();
  const feed = new FeedCore(snapshot, world, NO_LISTENER);
  await feed.start();
  world.last.send('hello', { cursor: 7, now: new Date(world.now()).toISOString() });
  return { world, feed, state: () => feed.view.state };
}

test('it goes on from the snapshot, and is live from the first sign on', async () => {
  const world = new FakeWorld();
  const feed = new FeedCore(snapshotAt(7), world, NO_LISTENER);
  assert.equal(feed.view.state, 'starting');
  await feed.start();
  assert.equal(feed.view.state, 'reconnecting');
  assert.equal(world.last.path, '/api/v1/stream?after=7');
  world.last.send('hello', { cursor: 7, now: '2026-11-24T08:00:00Z' });
  assert.equal(feed.view.state, 'live');
});

test('a stream that is silent for two heartbeats is delayed, until it speaks', async () => {
  const { world, state } = await liveFeed();
  await world.pass(21_000);
  assert.equal(state(), 'live');
  await world.pass(1_000);
  assert.equal(state(), 'delayed');
  world.last.send('beat', { now: '2026-11-24T08:00:00Z', cursor: 7, completeUntil: null });
  assert.equal(state(), 'live');
});

test('a stream that is alive is delayed where the service says that what it has is old', async () => {
  const { world, feed } = await liveFeed();
  const say = (state: 'live' | 'delayed' | 'down') =>
    world.last.send('status', {
      health: 'ok',
      targets: [],
      feed: { state, because: 'ingest', completeUntil: '2026-11-24T07:59:00Z' },
    });
  for (const [said, shown] of [
    ['live', 'live'],
    ['delayed', 'delayed'],
    ['down', 'delayed'],
    ['live', 'live'],
  ] as const) {
    say(said);
    assert.equal(stateOf(feed.view), shown);
  }
  say('down');
  feed.pause();
  assert.equal(stateOf(feed.view), 'paused');
});

test('a cut stream is left to the browser twice, then the snapshot is polled, and the stream tried again when that is answered', async () => {
  const { world, state } = await liveFeed();
  world.last.fail(0);
  assert.equal(state(), 'reconnecting');
  world.last.fail(0);
  assert.equal(world.streams.length, 1);
  world.last.fail(0);
  await settled();
  assert.equal(world.last.readyState, 2);
  await world.pass(3 * POLL_EVERY_MS);
  assert.equal(state(), 'reconnecting');
  world.answer = () => Promise.resolve(snapshotAt(9, [listed({ seq: 9 })]));
  await world.pass(POLL_EVERY_MS);
  assert.equal(world.streams.length, 2);
  assert.equal(world.last.path, '/api/v1/stream?after=9');
  assert.equal(state(), 'reconnecting');
  world.last.send('hello', { cursor: 9, now: '2026-11-24T08:00:00Z' });
  assert.equal(state(), 'live');
});

test('without room for a stream it polls, says so, and tries again now and then', async () => {
  const { world, feed, state } = await liveFeed();
  world.answer = () => Promise.resolve(snapshotAt(12, [listed({ seq: 12 })]));
  world.last.fail(2);
  await settled();
  assert.equal(state(), 'polling');
  assert.equal(feed.view.summary?.attempts, 12);
  await world.pass(5 * POLL_EVERY_MS);
  assert.equal(world.streams.length, 2);
});

test('the cursor goes on over what was shown and what was skipped', async () => {
  const { world, feed } = await liveFeed();
  world.last.send('attempts', { rows: [listed({ seq: 9, change: 9 })], skipped: [{ from: 10, to: 46, count: 37 }] });
  assert.equal(feed.view.skipped, 37);
  feed.pause();
  feed.resume();
  assert.equal(world.last.path, '/api/v1/stream?after=46');
});

test('paused, nothing changes, whatever still comes; resumed, it goes on where it was', async () => {
  const { world, feed, state } = await liveFeed();
  const before = world.last;
  feed.pause();
  before.send('attempts', { rows: [listed({ seq: 8 })], skipped: [] });
  before.fail(2);
  await world.pass(60_000);
  assert.equal(state(), 'paused');
  assert.deepEqual(
    feed.view.arrivals.shown.map(({ seq }) => seq),
    [7],
  );
  feed.resume();
  assert.equal(world.last.path, '/api/v1/stream?after=7');
});

test('rows come in with the second; not while the list is being read', async () => {
  const { world, feed } = await liveFeed();
  const shown = () => feed.view.arrivals.shown.map(({ seq }) => seq);
  world.last.send('attempts', { rows: [listed({ seq: 8 })], skipped: [] });
  assert.deepEqual(shown(), [7]);
  await world.pass(1_000);
  assert.deepEqual(shown(), [8, 7]);
  feed.hold(true);
  world.last.send('attempts', { rows: [listed({ seq: 9 })], skipped: [] });
  await world.pass(10_000);
  assert.deepEqual(shown(), [8, 7]);
  feed.hold(false);
  await world.pass(1_000);
  assert.deepEqual(shown(), [9, 8, 7]);
});

test('after a reset it starts again from a snapshot', async () => {
  const { world, feed } = await liveFeed();
  world.answer = () => Promise.resolve(snapshotAt(3, [listed({ seq: 3 })]));
  world.last.send('reset', {});
  await settled();
  assert.equal(world.last.path, '/api/v1/stream?after=3');
  assert.equal(feed.view.summary?.attempts, 3);
});

test('without a network it says so at once, and with one it tries again', async () => {
  const { world, feed, state } = await liveFeed();
  feed.offline();
  assert.equal(state(), 'reconnecting');
  feed.online();
  assert.equal(world.streams.length, 2);
});

test('what was never seen before is kept once, newest first, no more than twelve', async () => {
  const { world, feed } = await liveFeed();
  const first = (n: number) => ({
    at: `2026-11-24T08:00:${String(n).padStart(2, '0')}Z`,
    kind: 'class' as const,
    value: `C${n}`,
    attemptId: 'id',
  });
  world.last.send('firsts', { rows: [first(1), first(2)] });
  world.last.send('firsts', { rows: [first(2), first(3)] });
  assert.deepEqual(
    feed.view.firsts.map(({ value }) => value),
    ['C3', 'C2', 'C1'],
  );
  world.last.send('firsts', { rows: Array.from({ length: 20 }, (_, n) => first(10 + n)) });
  assert.equal(feed.view.firsts.length, 12);
  assert.equal(feed.view.firsts[0]?.value, 'C29');
});

test('a clock that is wrong is known to be', async () => {
  const { world, feed } = await liveFeed();
  assert.equal(feed.view.clockOffset, 0);
  world.last.send('beat', { now: new Date(world.now() + 3_600_000).toISOString(), cursor: 7, completeUntil: null });
  assert.equal(feed.view.clockOffset, 3_600_000);
});
