import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 20_000;
const LOOK_AGAIN_MS = 20;

/** Waits until `look` gives something that is neither null nor false. Throws with `what` after the deadline. */
export async function until<T>(what: string, look: () => Promise<T | null | false> | T | null | false): Promise<T> {
  for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await delay(LOOK_AGAIN_MS)) {
    const found = await look();
    if (found !== null && found !== false) return found;
  }
  throw new Error(`it did not happen: ${what}`);
}
