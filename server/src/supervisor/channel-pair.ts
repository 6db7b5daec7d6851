import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** The two ends of a guest's channel. Nothing is read from either until somebody asks to. */
export interface ChannelPair {
  readonly host: Socket;
  /** For the hypervisor to inherit; then closed here. */
  readonly guest: Socket;
}

/**
 * Makes what socketpair(2) makes, for which Node has no call. For a moment there is a socket in `folder`, which must be closed to
 * other users; it is gone when this resolves.
 */
export async function openChannelPair(folder: string): Promise<ChannelPair> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `pair-${randomBytes(4).toString('hex')}`);
  const server = createServer({ pauseOnConnect: true }).listen(path);
  try {
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const host = connect(path);
    const [[guest]] = await Promise.all([accepted, once(host, 'connect')]);
    return { host, guest };
  } finally {
    server.close();
  }
}
