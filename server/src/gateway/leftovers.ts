import { existsSync } from 'node:fs';
import type { GatewayPlace } from '../config.ts';
import { startBeat } from '../spool/beat.ts';
import { openSpool, type Spool } from '../spool/spool.ts';
import { nowMicros } from '../wire/ids.ts';

/** Spools of gateways that there are no more. */
export interface Leftovers {
  stop(): Promise<void>;
}

/**
 * Goes on serving the spools of gateways that ran before and do not any more, so that nothing in them is lost when there are fewer
 * processes than there were. What they left open is over.
 */
export async function serveLeftovers(places: readonly GatewayPlace[], capBytes: number): Promise<Leftovers> {
  const served: { spool: Spool; stopBeat: () => void }[] = [];
  const stop = async () => {
    for (const { spool, stopBeat } of served.splice(0)) {
      stopBeat();
      await spool.close();
    }
  };
  try {
    for (const { name, folder, socket } of places.filter(({ folder }) => existsSync(folder))) {
      const spool = await openSpool({ folder, name, capBytes });
      spool.append({ kind: 'started', t: nowMicros() });
      served.push({ spool, stopBeat: startBeat(spool) });
      await spool.serve(socket);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}
