import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A connection in between, which can be cut at any byte. */
export interface Cutter {
  readonly port: number;
  /** Cuts the next connection after so many bytes of the answer: both ends are reset at once, what was on its way is lost. */
  cutNextAfter(bytes: number): void;
  close(): void;
}

/** Passes connections on to a port of loopback. */
export async function startCutter(port: number): Promise<Cutter> {
  const open = new Set<Socket>();
  let budgetOfNext = Number.POSITIVE_INFINITY;
  const server = createServer(near => {
    let budget = budgetOfNext;
    budgetOfNext = Number.POSITIVE_INFINITY;
    const far = connect(port, '127.0.0.1');
    const cut = () => {
      for (const socket of [near, far]) {
        socket.resetAndDestroy();
        open.delete(socket);
      }
    };
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', cut);
      socket.on('close', cut);
    }
    near.pipe(far);
    far.on('data', chunk => {
      const passed = chunk.subarray(0, budget);
      budget -= chunk.length;
      if (budget > 0) near.write(passed);
      else near.write(passed, cut);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    cutNextAfter: bytes => {
      budgetOfNext = bytes;
    },
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
