import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { streamPair } from './stream-pair.ts';
import { reset } from './tcp.ts';

test('bytes arrive in order in a later turn, then the end, each way on its own', async () => {
  const [a, b] = streamPair();
  let got = '';
  b.on('data', bytes => {
    got += bytes;
  });
  a.write('one ');
  a.end('two');
  assert.equal(got, '');
  await once(b, 'end');
  assert.equal(got, 'one two');
  b.end('back');
  assert.equal(String((await once(a, 'data'))[0]), 'back');
});

test('a writer is held up by a reader who does not read', async () => {
  const [a, b] = streamPair();
  const chunk = Buffer.alloc(64 << 10);
  let written = 0;
  while (a.write(chunk)) written += 1;
  await delay(20);
  assert.ok(written < 10);
  assert.equal(a.writableNeedDrain, true);
  b.resume();
  await once(a, 'drain');
});

test('a reset is an error at the far end, a plain close an end', async () => {
  const [a, b] = streamPair();
  a.on('error', () => {});
  reset(a);
  const [error] = await once(b, 'error');
  assert.equal(error.message, 'ECONNRESET');

  const [c, d] = streamPair();
  c.destroy();
  d.resume();
  await once(d, 'end');
});
