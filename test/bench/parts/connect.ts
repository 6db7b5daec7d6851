import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ConnectOrder, ConnectResult } from './connections.ts';
import { clientHello, SERVER_FLIGHT } from './flights.ts';

/**
 * Makes connections to one port, each with a ClientHello out and a server's flight back. Reads orders as JSON lines and answers each with one line. It comes
 * from many networks, as a crowd does: 127.0.1.1, 127.0.2.1 and so on.
 */
const REQUEST = await clientHello();
const NETWORKS = 200;
/** An open-loop load is made in steps of this. */
const STEP_MS = 2;

let opened = 0;
let held: Socket[] = [];

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await obey(JSON.parse(line)))}\n`);
}

async function obey(order: ConnectOrder): Promise<ConnectResult> {
  if (order.kind === 'hold') return hold(order.port, order.connections);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const attempts =
    order.kind === 'lanes' ? await inLanes(order) : await atRate(order.port, order.perSecond, order.seconds);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const good = attempts.filter(ms => ms !== null).sort((a, b) => a - b);
  const at = (share: number) => good[Math.floor(good.length * share)] ?? Number.NaN;
  const errors = attempts.length - good.length;
  return { good: good.length, errors, seconds, medianMs: at(0.5), p99Ms: at(0.99), cpuSeconds: (user + system) / 1e6 };
}

/** So many at any time. */
async function inLanes({
  port,
  lanes,
  seconds = Number.POSITIVE_INFINITY,
  attempts = Number.POSITIVE_INFINITY,
}: Extract<ConnectOrder, { kind: 'lanes' }>): Promise<(number | null)[]> {
  const end = performance.now() + seconds * 1000;
  const made: (number | null)[] = [];
  let begun = 0;
  const lane = async () => {
    while (begun < attempts && performance.now() < end) {
      begun += 1;
      made.push(await attempt(port));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return made;
}

/** So many new ones each second, however many are under way. */
async function atRate(port: number, perSecond: number, seconds: number): Promise<(number | null)[]> {
  const attempts: Promise<number | null>[] = [];
  const start = performance.now();
  await new Promise<void>(resolve => {
    const timer = setInterval(() => {
      const due = Math.min(performance.now() - start, seconds * 1000) / 1000;
      while (attempts.length < due * perSecond) attempts.push(attempt(port));
      if (due < seconds) return;
      clearInterval(timer);
      resolve();
    }, STEP_MS);
  });
  return Promise.all(attempts);
}

/** How long one took, in milliseconds; null where it did not end as it should. */
function attempt(port: number): Promise<number | null> {
  return new Promise(resolve => {
    const start = performance.now();
    let received = 0;
    const socket = open(port);
    socket.on('connect', () => socket.write(REQUEST));
    socket.on('data', chunk => {
      received += chunk.length;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received === SERVER_FLIGHT.length ? performance.now() - start : null));
  });
}

/** Opens connections that say nothing, and keeps them until the next such order. */
async function hold(port: number, connections: number): Promise<ConnectResult> {
  for (const socket of held) socket.destroy();
  held = [];
  let errors = 0;
  for (let n = 0; n < connections; n++) {
    const socket = open(port);
    socket.on('error', () => undefined);
    const isOpen = await new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true));
      socket.once('close', () => resolve(false));
    });
    if (isOpen) held.push(socket);
    else errors++;
  }
  return { good: held.length, errors, seconds: 0, medianMs: 0, p99Ms: 0, cpuSeconds: 0 };
}

function open(port: number): Socket {
  opened += 1;
  return connect({ port, host: '127.0.0.1', localAddress: `127.0.${1 + (opened % NETWORKS)}.1`, noDelay: true });
}
