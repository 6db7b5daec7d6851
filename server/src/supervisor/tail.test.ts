import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tail } from './tail.ts';

test('a tail keeps the last bytes of a stream of any length', () => {
  const tail = new Tail(8);
  for (let i = 0; i < 1000; i++) tail.push(Buffer.from(`${i},`));
  assert.equal(tail.text, '998,999,');
});
