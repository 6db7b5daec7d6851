import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { callBack, type Source, sourceOf } from './line.ts';

/** Where the two connections came from, and all that passed. */
export interface Relayed {
  readonly sources: [Source, Source];
  readonly passed: Buffer;
}

/** Joins two ports of the targets until both have ended. */
export async function relay(left: number, right: number): Promise<Relayed> {
  const sinceUs = Date.now() * 1000;
  const [a, b] = await Promise.all([open(left), open(right)]);
  return join(a, b, [sourceOf(a, sinceUs), sourceOf(b, sinceUs)]);
}

/** The same with the connection that comes from calling `port` on the left. */
export async function relayBack(port: number, answer: number, right: number, from?: string): Promise<Relayed> {
  const sinceUs = Date.now() * 1000;
  const { socket, source } = await callBack(port, answer, from);
  const b = await open(right);
  return join(socket, b, [source, sourceOf(b, sinceUs)]);
}

async function join(a: Socket, b: Socket, sources: [Source, Source]): Promise<Relayed> {
  const passed: Buffer[] = [];
  for (const socket of [a, b]) {
    socket.on('error', () => socket.destroy());
    socket.on('data', chunk => passed.push(chunk));
  }
  const over = Promise.all([once(a, 'close'), once(b, 'close')]);
  a.pipe(b);
  b.pipe(a);
  await over;
  return { sources, passed: Buffer.concat(passed) };
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  await once(socket, 'connect');
  return socket;
}
