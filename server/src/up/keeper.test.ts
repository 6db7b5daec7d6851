import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Keepable, Keeper } from './keeper.ts';

/** Something that runs until it is told to end. */
function process_() {
  let end: (why: string) => void = () => {};
  const ended = new Promise<string>(resolve => {
    end = resolve;
  });
  const keepable: Keepable = { pid: 1, ended, stop: async () => end('stopped') };
  return { keepable, end };
}

function signal<T>() {
  let fire: (value: T) => void = () => {};
  const fired = new Promise<T>(resolve => {
    fire = resolve;
  });
  return { fire, fired };
}

test('what ends by itself is started again, and the first waits double', async () => {
  const lives = [process_(), process_(), process_()];
  const delays: number[] = [];
  const last = signal<void>();
  let started = 0;
  const keeper = new Keeper(
    async () => {
      const life = lives[started++];
      assert.ok(life);
      return life.keepable;
    },
    {
      onEnd: (_why, delayMs) => delays.push(delayMs),
      onAgain: () => {
        if (started === lives.length) last.fire();
        else lives[started - 1]?.end('signal SIGKILL');
      },
    },
  );
  await keeper.start();
  lives[0]?.end('signal SIGKILL');
  await last.fired;
  await keeper.stop();
  assert.deepEqual(delays, [200, 400]);
  assert.equal(keeper.pid, null);
});

test('a start that fails is tried again', async () => {
  const [first, second] = [process_(), process_()];
  const again = signal<void>();
  const reasons: string[] = [];
  const outcomes = [first, new Error('not now'), second];
  const keeper = new Keeper(
    async () => {
      const outcome = outcomes.shift();
      if (outcome instanceof Error) throw outcome;
      assert.ok(outcome);
      return outcome.keepable;
    },
    { onEnd: why => reasons.push(why), onAgain: () => again.fire() },
  );
  await keeper.start();
  first.end('status 1');
  await again.fired;
  assert.deepEqual(reasons, ['status 1', 'not now']);
  await keeper.stop();
});

test('what is stopped stays stopped', async () => {
  let starts = 0;
  const life = process_();
  const keeper = new Keeper(
    async () => {
      starts++;
      return life.keepable;
    },
    { onEnd: () => assert.fail('a stop is no end'), onAgain: () => assert.fail('started again') },
  );
  await keeper.start();
  await keeper.stop();
  await keeper.stop();
  assert.equal(starts, 1);
});

test('the first start may fail', async () => {
  const keeper = new Keeper(() => Promise.reject(new Error('no')), { onEnd: () => {}, onAgain: () => {} });
  await assert.rejects(keeper.start(), { message: 'no' });
  await keeper.stop();
});
