const INTERVAL_MS = 10_000;
const MISSES_TO_DEATH = 2;

/**
 * Notices a guest that hangs without having crashed: asks it something at intervals, one question at a time, and calls `dead`
 * once when two in a row had no good answer. Gives the function that ends the watch.
 */
export function watchPulse(
  ask: () => Promise<unknown>,
  dead: () => void,
  intervalMs: number = INTERVAL_MS,
): () => void {
  let misses = 0;
  let stopped = false;
  let timer = setTimeout(beat, intervalMs);
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
  };

  async function beat(): Promise<void> {
    misses = await ask().then(
      () => 0,
      () => misses + 1,
    );
    if (stopped) return;
    if (misses < MISSES_TO_DEATH) {
      timer = setTimeout(beat, intervalMs);
    } else {
      stop();
      dead();
    }
  }

  return stop;
}
