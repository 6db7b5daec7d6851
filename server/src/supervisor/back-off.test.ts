import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackOff } from './back-off.ts';

test('rests grow from the third crash in a minute up to 30 s, and end with a quiet minute', () => {
  const backOff = new BackOff();
  assert.deepEqual(
    Array.from({ length: 9 }, () => backOff.crashed(300)),
    [0, 0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000],
  );
  assert.equal(backOff.crashed(61_000), 0);
});

test('rare crashes bring no rest, and planned ends do not count', () => {
  const backOff = new BackOff();
  for (let i = 0; i < 50; i++) assert.equal(backOff.crashed(40_000), 0);
  const planned = new BackOff();
  for (let i = 0; i < 50; i++) planned.ran(10);
  assert.equal(planned.crashed(10), 0);
});
