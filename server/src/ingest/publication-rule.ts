import type { Micros } from '../wire/ids.ts';

/** The guest's last word is waited for this long after both sides have closed. */
export const GUEST_PATIENCE_US = 2_000_000;
/** Bytes that may be a release are waited for longer before the worst is believed. */
export const RELEASE_PATIENCE_US = 5_000_000;
/** An event whose opening is not seen this long after belongs to an attempt that was published before. */
export const OPENING_PATIENCE_US = 2_000_000;

/** No connection is open for longer, so that the end of an older one was in a stretch of the spool that is damaged or gone. */
export const OPEN_MAX_US = 600_000_000;

/** How far time has come in each spool: the newest beat or fact that was read. */
export interface SpoolTimes {
  gateway: Micros;
  supervisor: Micros;
  /** The supervisor's spool has not answered for long: nobody waits for it any more. */
  supervisorGone: boolean;
}

/** What the rule needs to know of an attempt. */
export interface Waiting {
  /** Null: still open. Both sides have closed, or the gateway that held it is gone. */
  endedAt: Micros | null;
  /** The guest was reached, so it may have something to say. */
  reachedGuest: boolean;
  /** It has said its last, or its boot is over. */
  guestDone: boolean;
  /** Bytes of the guest look like a release that it did not tell of. */
  suspicious: boolean;
}

/**
 * Whether an attempt is published now. Only the times in the spools count, never a clock here: after an outage everything is read
 * in the order it happened, and nothing times out because we were late.
 */
export function isDue(attempt: Waiting, times: SpoolTimes): boolean {
  if (attempt.endedAt === null) return false;
  if (attempt.guestDone || !attempt.reachedGuest || times.supervisorGone) return true;
  const patience = attempt.suspicious ? RELEASE_PATIENCE_US : GUEST_PATIENCE_US;
  return times.supervisor >= attempt.endedAt + patience;
}

/** When an attempt must have ended that began at `openedAt`, if that is past; null if it may go on. */
export function longOver(openedAt: Micros, times: SpoolTimes): Micros | null {
  const latest = openedAt + OPEN_MAX_US;
  return times.gateway >= latest ? latest : null;
}

/** Whether events without an opening, the last of them at `lastT`, are handed on as late ones. */
export function isLate(lastT: Micros, times: SpoolTimes): boolean {
  return times.gateway >= lastT + OPENING_PATIENCE_US;
}
