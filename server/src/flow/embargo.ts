import type { AttemptRecord } from '../wire/record.ts';

/** How long details of an attempt that may have found a weakness are held back. */
export const EMBARGO_DAYS = 90;
const DAY_US = 86_400_000_000;

/** Complete sessions that prove nothing new: the target with itself. */
const HARMLESS: ReadonlySet<string> = new Set(['released_self_test', 'released_relay']);
const FINISHED_DEPTH = 7;

/**
 * True while the course of an attempt is not to be shown: it crashed the target, or it came on the prize as far as a finished handshake. Its
 * record, its leaf and its place in the log are public all the same.
 */
export function isEmbargoed(
  {
    startedUs,
    result,
  }: Pick<AttemptRecord, 'startedUs'> & { result: Pick<AttemptRecord['result'], 'depth' | 'outcome'> },
  { prize, nowUs }: { prize: boolean; nowUs: number },
): boolean {
  if (nowUs - startedUs >= EMBARGO_DAYS * DAY_US) return false;
  if (result.outcome === 'guest_crash') return true;
  return prize && result.depth >= FINISHED_DEPTH && !HARMLESS.has(result.outcome);
}
