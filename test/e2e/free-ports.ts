import { createServer } from 'node:net';

/** The first of `count` consecutive free ports on loopback, below the range that the kernel hands out by itself. */
export async function freeRun(count: number): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const base = 12_000 + Math.floor(Math.random() * 18_000);
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(base + i)));
    if (free.every(Boolean)) return base;
  }
  throw new Error('no run of free ports on loopback');
}

function isFree(port: number): Promise<boolean> {
  return new Promise(done => {
    const server = createServer()
      .once('error', () => done(false))
      .once('listening', () => server.close(() => done(true)))
      .listen(port, '127.0.0.1');
  });
}
