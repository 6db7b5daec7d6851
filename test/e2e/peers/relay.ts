import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Source, sourceOf } from './line.ts';

/** Joins two ports of the targets until both have ended; gives where the two connections came from and all that passed. */
export async function relay(left: number, right: number): Promise<{ sources: [Source, Source]; passed: Buffer }> {
  const sinceUs = Date.now() * 1000;
  const [a, b] = await Promise.all([open(left), open(right)]);
  const sources: [Source, Source] = [sourceOf(a, sinceUs), sourceOf(b, sinceUs)];
  const passed: Buffer[] = [];
  for (const socket of [a, b]) socket.on('data', chunk => passed.push(chunk));
  const over = Promise.all([once(a, 'close'), once(b, 'close')]);
  a.pipe(b);
  b.pipe(a);
  await over;
  return { sources, passed: Buffer.concat(passed) };
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  return socket;
}
