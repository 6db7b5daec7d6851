import { listenOnce } from '../../server/src/up/free-port.ts';

/** The first of `count` consecutive free ports on loopback, below the range that the kernel hands out by itself. */
export async function freeRun(count: number): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const base = 12_000 + Math.floor(Math.random() * 18_000);
    const ports = Array.from({ length: count }, (_, i) => base + i);
    const free = await Promise.all(ports.map(port => listenOnce('127.0.0.1', port)));
    if (free.every(port => port !== null)) return base;
  }
  throw new Error('no run of free ports on loopback');
}
