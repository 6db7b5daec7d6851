import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEADER_BYTES = 5;
const APPLICATION_DATA = 23;

/** What went over a relay each way, from the port that was named first and to it. */
export interface Relayed {
  from: Buffer;
  to: Buffer;
}

/** Joins two ports with each other and keeps what passes, until both have closed. */
export async function recordRelay(one: number, other: number): Promise<Relayed> {
  const [a, b] = [one, other].map(port => connect({ port, host: '127.0.0.1', allowHalfOpen: true })) as [
    Socket,
    Socket,
  ];
  const kept = { from: [] as Buffer[], to: [] as Buffer[] };
  pass(a, b, kept.from);
  pass(b, a, kept.to);
  await Promise.all([once(a, 'close'), once(b, 'close')]);
  return { from: Buffer.concat(kept.from), to: Buffer.concat(kept.to) };
}

function pass(from: Socket, to: Socket, kept: Buffer[]): void {
  from.on('data', bytes => {
    kept.push(bytes);
    to.write(bytes);
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
}

/** The bodies of the encrypted records in a stream of TLS records (RFC 8446 §5.2). */
export function encryptedBodies(stream: Buffer): Buffer[] {
  const bodies: Buffer[] = [];
  for (let at = 0; at + HEADER_BYTES <= stream.length; ) {
    const end = at + HEADER_BYTES + stream.readUInt16BE(at + 3);
    if (stream[at] === APPLICATION_DATA) bodies.push(stream.subarray(at + HEADER_BYTES, end));
    at = end;
  }
  return bodies;
}
