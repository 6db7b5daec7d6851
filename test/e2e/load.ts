import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:tls';

const ATTEMPT_DEADLINE_MS = 30_000;

/** Real TLS clients without certificate in several lanes, each attempt under a claim tag of its own, until stopped. */
export interface Load {
  /** Tags of the attempts that the target ended with its alert. */
  readonly ended: Set<string>;
  /** Tags of all attempts begun. */
  readonly begun: Set<string>;
  stop(): Promise<void>;
}

/** Starts `lanes` clients that come one after the other to `port`. */
export function startLoad(port: number, lanes: number): Load {
  const ended = new Set<string>();
  const begun = new Set<string>();
  let running = true;
  const lane = async () => {
    while (running) {
      const tag = createHash('sha256').update(randomBytes(32)).digest('hex').slice(0, 40);
      begun.add(tag);
      if (await attempt(port, tag)) ended.add(tag);
    }
  };
  const all = Promise.all(Array.from({ length: lanes }, lane));
  return {
    ended,
    begun,
    stop: async () => {
      running = false;
      await all;
    },
  };
}

/** One attempt; true if it was ended by the target's alert (certificate_required). */
function attempt(port: number, tag: string): Promise<boolean> {
  return new Promise(resolve => {
    let refused = false;
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: `h-${tag}.pinata`,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
    });
    socket.setTimeout(ATTEMPT_DEADLINE_MS, () => socket.destroy());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      refused = /CERTIFICATE_REQUIRED/.test(error.code ?? '');
    });
    socket.on('close', () => resolve(refused));
    socket.resume();
  });
}
