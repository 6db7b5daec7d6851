import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turnstile } from './turnstile.ts';

test('each place is one visitor’s at a time, the others follow in order, and a free place rests the longest it can', async () => {
  const turnstile = new Turnstile(['a', 'b']);
  const order: string[] = [];
  const through = [1, 2, 3, 4].map(async n => {
    order.push(`${n} at ${await turnstile.enter()}`);
  });
  await Promise.all(through.slice(0, 2));
  assert.deepEqual(order, ['1 at a', '2 at b']);
  turnstile.leave('b');
  await through[2];
  turnstile.leave('b');
  await through[3];
  assert.deepEqual(order.slice(2), ['3 at b', '4 at b']);
  turnstile.leave('a');
  turnstile.leave('b');
  assert.deepEqual([await turnstile.enter(), await turnstile.enter()], ['a', 'b']);
});
