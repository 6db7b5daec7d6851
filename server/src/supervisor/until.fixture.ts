import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition. Throws when the deadline passes first; a test that waits for ever says nothing. */
export async function until(condition: () => boolean | Promise<boolean>, deadlineMs = 10_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${condition}`);
    await sleep(10);
  }
}
