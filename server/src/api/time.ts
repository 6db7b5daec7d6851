import type { Micros } from '../wire/ids.ts';

/** RFC 3339, UTC, whole seconds. */
export function timeOf(us: Micros): string {
  return `${new Date(Math.floor(us / 1e6) * 1000).toISOString().slice(0, 19)}Z`;
}

/** The same where there may be none. */
export function timeOrNull(us: Micros | null | undefined): string | null {
  return us === null || us === undefined ? null : timeOf(us);
}
