import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteRange } from './byte-range.ts';

test('one range of bytes is a part of the file', () => {
  assert.deepEqual(byteRange('bytes=0-0', 10), { first: 0, last: 0 });
  assert.deepEqual(byteRange('bytes=4-', 10), { first: 4, last: 9 });
  assert.deepEqual(byteRange('bytes=4-99', 10), { first: 4, last: 9 });
  assert.deepEqual(byteRange('bytes=-3', 10), { first: 7, last: 9 });
  assert.deepEqual(byteRange('bytes=-30', 10), { first: 0, last: 9 });
});

test('what begins behind the end cannot be had', () => {
  for (const range of ['bytes=10-', 'bytes=10-12', 'bytes=-0'])
    assert.equal(byteRange(range, 10), 'unsatisfiable', range);
});

test('anything else is the whole file', () => {
  for (const range of [undefined, '', 'bytes=', 'bytes=-', 'bytes=a-b', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=5-4'])
    assert.equal(byteRange(range, 10), null, range);
});
