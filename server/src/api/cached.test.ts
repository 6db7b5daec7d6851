import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cached, cachedBy } from './cached.ts';

function counter() {
  let now = 0;
  let asked = 0;
  return {
    clock: () => now,
    pass: (ms: number) => {
      now += ms;
    },
    ask: async () => {
      asked += 1;
      return asked;
    },
  };
}

test('many who ask at once cost one question', async () => {
  const { clock, ask } = counter();
  const answer = cached(100, ask, clock);
  assert.deepEqual(await Promise.all([answer(), answer(), answer()]), [1, 1, 1]);
});

test('an answer is asked for again once it is old', async () => {
  const { clock, ask, pass } = counter();
  const answer = cached(100, ask, clock);
  await answer();
  pass(99);
  assert.equal(await answer(), 1);
  pass(1);
  assert.equal(await answer(), 2);
});

test('a failure is not kept', async () => {
  let fails = true;
  const answer = cached(100, async () => {
    if (fails) throw new Error('not now');
    return 'well';
  });
  await assert.rejects(answer());
  fails = false;
  assert.equal(await answer(), 'well');
});

test('keys have answers of their own, and the one asked longest ago is forgotten', async () => {
  const { clock, ask } = counter();
  const answer = cachedBy(
    () => 100,
    2,
    (_key: { a: number }) => ask(),
    clock,
  );
  assert.equal(await answer({ a: 1 }), 1);
  assert.equal(await answer({ a: 2 }), 2);
  assert.equal(await answer({ a: 1 }), 1);
  assert.equal(await answer({ a: 3 }), 3);
  assert.equal(await answer({ a: 1 }), 1);
  assert.equal(await answer({ a: 2 }), 4);
});
