import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { TlsObserver } from '../observer.ts';
import type { Segment } from './pcap.ts';

const run = promisify(execFile);
const DEADLINE_MS = 30_000;

/** True if a program of that name is in PATH, or is that path. */
export async function hasProgram(name: string): Promise<boolean> {
  const folders = name.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  const found = folders.map(folder =>
    access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(found)).includes(true);
}

/** Runs a client against a socket of ours and gives the bytes of its hello. `{port}` in the arguments is filled in. */
export async function captureHello(program: string, args: readonly string[]): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = start(program, args, portOf(server.address()));
  try {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const [socket]: [Socket] = await untilEnd(client, once(server, 'connection', { signal }) as Promise<[Socket]>);
    return await readHello(socket);
  } finally {
    server.close();
    await stop(client);
  }
}

async function readHello(socket: Socket): Promise<Buffer> {
  const observer = new TlsObserver('server');
  const pieces: Buffer[] = [];
  for await (const piece of socket.setTimeout(DEADLINE_MS, () => socket.destroy())) {
    pieces.push(piece);
    observer.push('in', piece, 0);
    if (observer.result().helloState === 'complete') break;
  }
  return Buffer.concat(pieces);
}

/** One connection of `openssl s_client` with `openssl s_server`, as somebody in the middle sees it. */
export async function captureConversation(
  clientArgs: readonly string[],
  serverArgs: readonly string[],
): Promise<Segment[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-openssl-'));
  const files = ['-cert', join(folder, 'cert.pem'), '-key', join(folder, 'key.pem')];
  await makeCertificate(folder);
  const server = start('openssl', ['s_server', '-accept', '127.0.0.1:0', ...files, '-rev', ...serverArgs], 0);
  const tap = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(tap, 'listening');
  let client: ChildProcess | undefined;
  try {
    const port = await acceptingPort(server);
    const outward = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const inward = once(tap, 'connection', { signal }) as Promise<[Socket]>;
    const target = ['s_client', '-connect', '127.0.0.1:{port}', ...files, ...clientArgs];
    client = start('openssl', target, portOf(tap.address()));
    const [socket] = await inward;
    return await splice(socket, outward);
  } finally {
    tap.close();
    if (client) await stop(client);
    await stop(server);
    await rm(folder, { recursive: true });
  }
}

/** Passes bytes on in both directions until both have ended, and keeps them in order. */
async function splice(inward: Socket, outward: Socket): Promise<Segment[]> {
  const seen: Segment[] = [];
  const pass = (from: Socket, to: Socket, dir: Segment['dir']) => {
    from.on('data', bytes => {
      seen.push({ dir, bytes });
      if (to.writable) to.write(bytes);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
  };
  pass(inward, outward, 'in');
  pass(outward, inward, 'out');
  await Promise.all([inward, outward].map(closing));
  return seen;
}

function closing(socket: Socket): Promise<void> {
  socket.setTimeout(DEADLINE_MS, () => socket.destroy());
  return new Promise(resolve => (socket.closed ? resolve() : socket.on('close', () => resolve())));
}

async function makeCertificate(folder: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'key.pem')];
  await run('openssl', ['req', '-x509', '-subj', '/CN=test', ...key, '-out', join(folder, 'cert.pem')]);
}

/** The port that `s_server` chose, which it tells once it listens. */
async function acceptingPort(server: ChildProcess): Promise<number> {
  if (!server.stdout) throw new Error('s_server has no output');
  for await (const line of createInterface(server.stdout)) {
    const [, port] = line.match(/^ACCEPT .*:(\d+)$/) ?? [];
    if (port !== undefined) return Number(port);
  }
  throw new Error('s_server ended before it listened');
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not a TCP socket');
  return address.port;
}

function start(program: string, args: readonly string[], port: number): ChildProcess {
  const filled = args.map(arg => arg.replaceAll('{port}', String(port)));
  const child = spawn(program, filled, { stdio: ['pipe', 'pipe', 'ignore'] });
  // Clients that read their input see its end, and leave once the handshake is done.
  child.stdin?.end();
  return child;
}

/** The client may die before it connects: then waiting has no point. */
async function untilEnd<T>(child: ChildProcess, promise: Promise<T>): Promise<T> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnfile} ended with ${code} before it connected`);
  });
  return Promise.race([promise, ended]);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
