import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 10;

/** Waits for a condition with a deadline. `context` is shown when it is missed. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 15_000,
  context: () => string = () => '',
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}\n${context()}`);
    await pause(POLL_MS);
  }
}
