import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../config.ts';
import type { Queryable } from '../../export/attempt-pages.ts';
import { LIMITS } from '../limits.ts';
import { Feed } from './feed.ts';
import { Hub } from './hub.ts';
import type { Sink } from './stream.ts';

const SILENT = { warn: () => {}, info: () => {} };

/** A database that holds a counter and no rows, and counts how often it is asked. */
function countingDatabase(state: { change: number; asked: number; down?: boolean }): Queryable {
  return {
    query: async <T extends object>(text: string): Promise<T[]> => {
      state.asked += 1;
      if (state.down) throw new Error('gone');
      return text.startsWith('select change from counter') ? ([{ change: state.change }] as T[]) : [];
    },
  };
}

class Reader implements Sink {
  text = '';
  readonly writableNeedDrain = false;
  readonly writableLength = 0;
  write(text: string): boolean {
    this.text += text;
    return true;
  }
  end(): void {}
  destroy(): void {}
}

function setUp(state: { change: number; asked: number; down?: boolean }) {
  let now = 1_000_000;
  const clock = () => now;
  const feed = new Feed(countingDatabase(state), readConfig({}), clock);
  const hub = new Hub(feed, SILENT, LIMITS, clock);
  const advance = (ms: number) => {
    now += ms;
    return hub.tick();
  };
  return { feed, hub, advance };
}

test('a thousand streams cost the database as much as one', async () => {
  const questions = async (clients: number) => {
    const state = { change: 5, asked: 0 };
    const { hub, advance } = setUp(state);
    await advance(0);
    for (let index = 0; index < clients; index++)
      hub.open(`10.0.${index >> 8}.${index & 255}`, null, () => new Reader());
    state.asked = 0;
    for (let round = 0; round < 10; round++) {
      state.change += 1;
      await advance(500);
    }
    return state.asked;
  };
  assert.equal(await questions(1000), await questions(1));
});

test('a beat reaches every stream, also while the database is down', async () => {
  const state = { change: 5, asked: 0, down: false };
  const { hub, advance } = setUp(state);
  await advance(0);
  const reader = new Reader();
  hub.open('10.0.0.1', null, () => reader);
  state.down = true;
  await advance(500);
  hub.beat();
  await advance(500);
  await advance(500);
  assert.match(reader.text, /event: beat\ndata: \{"now":"1970-01-01T00:16:40Z","completeUntil":null,"cursor":5\}/);
  assert.match(reader.text, /event: status\ndata: \{"health":"down"/);
});

test('a log that went back resets every stream', async () => {
  const state = { change: 50, asked: 0 };
  const { hub, advance } = setUp(state);
  await advance(0);
  const reader = new Reader();
  hub.open('10.0.0.1', null, () => reader);
  state.change = 3;
  await advance(500);
  assert.match(reader.text, /event: reset/);
});

test('there is no stream before the database has answered', async () => {
  const state = { change: 1, asked: 0, down: true };
  const { hub, feed, advance } = setUp(state);
  await advance(0);
  assert.throws(() => hub.open('10.0.0.1', null, () => new Reader()), { code: 'DATABASE_UNAVAILABLE' });
  assert.equal(feed.snapshot(), null);
  assert.equal(feed.status().overall, 'down');
});
