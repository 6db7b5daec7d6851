import { type ConnectionOptions, connect } from 'node:tls';

const DEADLINE_MS = 40_000;
/** A release document has at most 4096 bytes. */
const MAX_BYTES = 65_536;

/** What a client saw of one connection. */
export interface Seen {
  /** The handshake was complete from our side; in TLS 1.3 the server may still refuse our certificate. */
  readonly connected: boolean;
  /** True if the server's certificate chains to the CA that was given. */
  readonly serverVerified: boolean;
  /** All that the server sent before it closed. */
  readonly text: string;
  /** What went wrong in the client's words, or null. */
  readonly error: string | null;
}

/** Makes one TLS 1.3 connection, reads until the other side closes, and tells what was seen. Never throws. */
export function attemptTls(options: ConnectionOptions): Promise<Seen> {
  return new Promise(resolve => {
    const seen = { connected: false, serverVerified: false, text: '', error: null as string | null };
    const socket = connect({
      ...options,
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error('nothing came any more')));
    socket.once('secureConnect', () => {
      seen.connected = true;
      seen.serverVerified = socket.authorized;
    });
    socket.on('data', (bytes: Buffer) => {
      if (seen.text.length < MAX_BYTES) seen.text += bytes.toString('utf8');
    });
    socket.once('end', () => socket.end());
    socket.once('error', error => {
      seen.error = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
    });
    socket.once('close', () => resolve(seen));
  });
}
