import { until as untilNamed } from '../testing/until.ts';

/** Waits for a condition. Throws when the deadline passes first; a test that waits for ever says nothing. */
export function until(condition: () => boolean | Promise<boolean>, deadlineMs = 10_000): Promise<void> {
  return untilNamed(String(condition), condition, deadlineMs);
}
