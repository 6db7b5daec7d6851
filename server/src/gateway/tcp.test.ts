import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { dial, readAll } from './gateway.fixture.ts';
import { finishSoon } from './tcp.ts';

test('what was answered arrives although something that came was never read', async t => {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = await dial(t, typeof address === 'object' && address ? address.port : 0);
  const [near] = await accepted;
  await new Promise(resolve => client.write('never read', resolve));
  await new Promise(resolve => near.write('answer', resolve));
  finishSoon(near);
  assert.equal(String(await readAll(client)), 'answer');
});
