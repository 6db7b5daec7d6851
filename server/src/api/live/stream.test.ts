import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt } from '../testing/listed.ts';
import { Bulletin } from './bulletin.ts';
import { Ring } from './ring.ts';
import { FrameCache, type Sink, Stream } from './stream.ts';

const SUMMARY = {
  window: '24h',
  from: null,
  to: '',
  attempts: 0,
  refused: 0,
  reached: [],
  outcomes: {},
  perMinute: [],
};

class FakeSink implements Sink {
  texts: string[] = [];
  writableNeedDrain = false;
  writableLength = 0;
  state: 'open' | 'ended' | 'destroyed' = 'open';
  write(text: string): boolean {
    this.texts.push(text);
    return !this.writableNeedDrain;
  }
  end(): void {
    this.state = 'ended';
  }
  destroy(): void {
    this.state = 'destroyed';
  }
  get rows(): number {
    return this.texts.join('').split('"change":').length - 1;
  }
}

function setUp(count: number, cursor = 0) {
  const sink = new FakeSink();
  const ring = new Ring(1000, 0);
  const add = (from: number, to: number) =>
    ring.add(
      Array.from({ length: to - from + 1 }, (_, step) => attempt({ change: from + step })),
      to,
    );
  if (count > 0) add(1, count);
  const stream = new Stream(sink, ring, cursor, 0);
  const bulletin = new Bulletin();
  const tick = (nowMs: number, of = ring) => stream.tick(of, bulletin, new FrameCache(), nowMs);
  return { sink, ring, add, stream, bulletin, tick };
}

test('shows at most ten rows in any second, and never one twice', () => {
  const { sink, add, stream, tick } = setUp(0);
  const shown: number[] = [];
  for (let round = 0; round < 30; round++) {
    const before = sink.rows;
    add(round * 20 + 1, round * 20 + 20);
    tick(round * 100);
    shown.push(sink.rows - before);
  }
  for (let from = 0; from + 10 <= shown.length; from++) {
    const second = shown.slice(from, from + 10).reduce((sum, rows) => sum + rows);
    assert.equal(second, 10, `from ${from * 100} ms`);
  }
  const changes = [...sink.texts.join('').matchAll(/"change":(\d+)/g)].map(([, change]) => change);
  assert.equal(new Set(changes).size, 30);
  assert.ok(stream.cursor > 400);
});

test('shows at most five rows at once, and waits for its budget instead of skipping everything', () => {
  const { sink, add, tick } = setUp(10);
  tick(0);
  add(11, 20);
  tick(500);
  assert.deepEqual([sink.texts.length, sink.rows], [2, 10]);
  add(21, 22);
  tick(999);
  assert.equal(sink.texts.length, 2);
  tick(1000);
  assert.deepEqual([sink.texts.length, sink.rows], [3, 12]);
});

test('what a stream missed is told, as skipped where it is not held any more', () => {
  const { sink, ring, tick } = setUp(0, 3);
  ring.add([attempt({ change: 999 })], 1000);
  tick(0);
  assert.match(sink.texts.join(), /^id: 1000\nevent: attempts\n/);
  const skipped = '"skipped":[{"from":4,"to":998,"count":995},{"from":1000,"to":1000,"count":1}]';
  assert.ok(sink.texts.join().includes(skipped), sink.texts.join());
});

test('a stream that is further than the log, or of another one, is reset and goes on from now', () => {
  const ahead = setUp(5, 99);
  ahead.tick(0);
  const other = setUp(5, 2);
  const ring = new Ring(10, 7);
  other.tick(0, ring);
  for (const { sink } of [ahead, other]) assert.deepEqual(sink.texts, ['event: reset\ndata: {}\n\n']);
  assert.deepEqual([ahead.stream.cursor, other.stream.cursor], [5, 7]);
});

test('beside attempts, each round tells one thing more, the most urgent first, and only what is new', () => {
  const { sink, add, bulletin, tick } = setUp(1);
  const feed = {
    summary: SUMMARY,
    firsts: [{ change: 1, first: { at: '', kind: 'depth', value: '2', attemptId: '' } }] as const,
    streamStatus: () => ({
      health: 'ok',
      targets: [],
      feed: { state: 'live' as const, because: null, completeUntil: null },
    }),
  };
  bulletin.take(feed);
  bulletin.beat(0, null);
  const told = [0, 500, 1000, 1500, 2000].map(ms => {
    const before = sink.texts.length;
    add(ms / 500 + 2, ms / 500 + 2);
    bulletin.take(feed);
    tick(ms);
    return sink.texts.slice(before).map(text => /event: (\w+)/.exec(text)?.[1]);
  });
  assert.deepEqual(told, [
    ['attempts', 'status'],
    ['attempts', 'firsts'],
    ['attempts', 'stats'],
    ['attempts', 'beat'],
    ['attempts'],
  ]);
  bulletin.take({ ...feed, summary: { ...SUMMARY, attempts: 9 } });
  tick(2500);
  assert.match(sink.texts.at(-1) ?? '', /^event: stats\n/);
});

test('a reader that does not keep up gets nothing more, then is dropped', () => {
  const { sink, add, tick } = setUp(1);
  sink.writableNeedDrain = true;
  tick(0);
  tick(10_000);
  assert.deepEqual([sink.texts.length, sink.state], [0, 'open']);
  add(2, 2);
  tick(15_001);
  assert.deepEqual([sink.texts.length, sink.state], [0, 'destroyed']);
});

test('a reader that catches up in time loses nothing', () => {
  const { sink, add, stream, tick } = setUp(1);
  sink.writableNeedDrain = true;
  tick(0);
  add(2, 3);
  sink.writableNeedDrain = false;
  tick(14_000);
  assert.deepEqual([sink.rows, stream.cursor, sink.state], [3, 3, 'open']);
});

test('nothing is written after the end', () => {
  const { sink, bulletin, stream, tick } = setUp(1);
  stream.end();
  tick(0);
  bulletin.beat(0, null);
  tick(0);
  assert.deepEqual([sink.texts.length, sink.state], [0, 'ended']);
});

test('too much unread drops it at once', () => {
  const { sink, tick } = setUp(1);
  sink.writableNeedDrain = true;
  sink.writableLength = 1 << 20;
  tick(0);
  assert.equal(sink.state, 'destroyed');
});
