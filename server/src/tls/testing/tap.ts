import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Segment } from './pcap.ts';

/** One connection as somebody in the middle saw it. */
export interface Tapped {
  /** As they came, with the time of each since the connection was accepted. */
  readonly segments: (Segment & { ms: number })[];
  /** Where the connection to the far side comes from. */
  readonly source: { ip: string; port: number; sinceUs: number };
  /** The address that it came from. */
  readonly from: string;
  /** When both sides had ended, since it was accepted; null while they have not. */
  endMs: number | null;
}

/** Listens, passes each connection on to a port of this machine, and keeps what goes over it. */
export interface Tap {
  readonly port: number;
  /** In the order in which they came. */
  readonly connections: readonly Tapped[];
  close(): void;
}

const HOST = '127.0.0.1';

export async function openTap(farPort: number): Promise<Tap> {
  const connections: Tapped[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, async inward => {
    inward.pause().on('error', () => {});
    const sinceUs = Date.now() * 1000;
    const outward = connect({ port: farPort, host: HOST, allowHalfOpen: true, noDelay: true });
    outward.on('error', () => inward.destroy());
    await once(outward, 'connect');
    const source = { ip: HOST, port: outward.localPort ?? 0, sinceUs };
    const tapped: Tapped = { segments: [], source, from: inward.remoteAddress ?? '', endMs: null };
    connections.push(tapped);
    splice(inward, outward, tapped);
  });
  await once(server.listen(0, HOST), 'listening');
  return { port: portOf(server.address()), connections, close: () => server.close() };
}

/** Passes bytes on in both directions, `in` from the first, and notes them. */
export function splice(inward: Socket, outward: Socket, tapped: Tapped): void {
  const start = Date.now();
  let open = 2;
  const pass = (from: Socket, to: Socket, dir: Segment['dir']) => {
    from.on('data', bytes => {
      tapped.segments.push({ dir, bytes, ms: Date.now() - start });
      if (to.writable) to.write(bytes);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      to.end();
      if (--open === 0) tapped.endMs = Date.now() - start;
    });
    from.resume();
  };
  pass(inward, outward, 'in');
  pass(outward, inward, 'out');
}

/** The port of a server that listens on TCP. */
export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not a TCP socket');
  return address.port;
}
