import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt } from '../testing/listed.ts';
import { Ring } from './ring.ts';
import { FrameCache, type Sink, Stream } from './stream.ts';

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
  return { sink, ring, add, stream: new Stream(sink, cursor, 0) };
}

test('shows at most ten rows a second, and never twice', () => {
  const { sink, ring, add, stream } = setUp(0);
  for (let tick = 0; tick < 30; tick++) {
    add(tick * 20 + 1, tick * 20 + 20);
    stream.advance(ring, tick * 100, new FrameCache());
  }
  // One second's worth at the start, then ten a second for 2.9 s.
  assert.ok(sink.rows >= 30 && sink.rows <= 39, String(sink.rows));
  assert.ok(stream.cursor > 560);
});

test('waits for its budget instead of skipping everything', () => {
  const { sink, ring, add, stream } = setUp(10);
  stream.advance(ring, 0, new FrameCache());
  add(11, 12);
  stream.advance(ring, 10, new FrameCache());
  assert.equal(sink.texts.length, 1);
  stream.advance(ring, 500, new FrameCache());
  assert.equal(sink.texts.length, 2);
  assert.equal(sink.rows, 12);
});

test('a stream that the ring does not cover is reset and goes on from now', () => {
  for (const from of [99, -1]) {
    const { sink, ring, stream } = setUp(5, from);
    stream.advance(ring, 0, new FrameCache());
    assert.deepEqual(sink.texts, ['event: reset\ndata: {}\n\n']);
    assert.equal(stream.cursor, 5);
  }
});

test('a reader that does not keep up gets nothing more, then is dropped', () => {
  const { sink, ring, add, stream } = setUp(1);
  sink.writableNeedDrain = true;
  stream.advance(ring, 0, new FrameCache());
  stream.send('beat', { now: '', cursor: 0 }, 10_000);
  assert.deepEqual([sink.texts.length, sink.state], [0, 'open']);
  add(2, 2);
  stream.advance(ring, 15_001, new FrameCache());
  assert.deepEqual([sink.texts.length, sink.state], [0, 'destroyed']);
});

test('a reader that catches up in time loses nothing', () => {
  const { sink, ring, add, stream } = setUp(1);
  sink.writableNeedDrain = true;
  stream.advance(ring, 0, new FrameCache());
  add(2, 3);
  sink.writableNeedDrain = false;
  stream.advance(ring, 14_000, new FrameCache());
  assert.deepEqual([sink.rows, stream.cursor, sink.state], [3, 3, 'open']);
});

test('nothing is written after the end', () => {
  const { sink, ring, stream } = setUp(1);
  stream.end();
  stream.advance(ring, 0, new FrameCache());
  stream.send('beat', { now: '', cursor: 0 }, 0);
  assert.deepEqual([sink.texts.length, sink.state], [0, 'ended']);
});

test('too much unread drops it at once', () => {
  const { sink, ring, stream } = setUp(1);
  sink.writableNeedDrain = true;
  sink.writableLength = 1 << 20;
  stream.advance(ring, 0, new FrameCache());
  assert.equal(sink.state, 'destroyed');
});
