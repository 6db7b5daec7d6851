import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of `host` on which nothing listens now, and `count - 1` free ones after it. */
export async function freePorts(host: string, count = 1): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const first = await listenOnce(host, 0);
    if (first === null || first + count > 65536) continue;
    const rest = Array.from({ length: count - 1 }, (_, index) => first + 1 + index);
    const found = await Promise.all(rest.map(port => listenOnce(host, port)));
    if (found.every(port => port !== null)) return first;
  }
  throw new Error(`no ${count} free ports on ${host}`);
}

/** Listens and stops at once. The port, or null if it is in use. Other errors are thrown. */
export async function listenOnce(host: string, port: number): Promise<number | null> {
  const server = createServer();
  server.listen({ host, port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return null;
    throw error;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? address.port : null;
}
