import { PREFACE_BYTES } from '../../../server/src/gateway/preface.ts';
import { Connections } from './connections.ts';
import { Sinks } from './sinks.ts';

/** What is measured has a core of its own; all that it is measured with shares the other. */
export const MEASURED_CORE = 0;
export const OTHER_CORE = 1;

/** What stands around a gateway in its benches. */
export interface Around {
  readonly crowd: Connections;
  readonly sinks: Sinks;
  /** The sink that stands for a guest. */
  readonly guest: number;
  stop(): Promise<void>;
}

export async function startAround(): Promise<Around> {
  const crowd = new Connections({ core: OTHER_CORE });
  const sinks = new Sinks(OTHER_CORE);
  const guest = await sinks.open(PREFACE_BYTES);
  return {
    crowd,
    sinks,
    guest,
    stop: async () => {
      await crowd.stop();
      await sinks.stop();
    },
  };
}
