import type { ListedAttempt } from './generated/api.ts';

/** Rows of the live list. */
export const LISTED_ROWS = 50;
/** New rows that appear at once. Arrivals are admitted once a second. */
export const ROWS_A_SECOND = 10;

/**
 * What the live list shows, and what waits. A list that is being read must not run away: few rows a second come in, the rest are
 * counted and come when they are asked for. Immutable; times are the caller's.
 */
export interface Arrivals {
  /** Newest first. */
  readonly shown: readonly ListedAttempt[];
  /** Come since the last admission, newest first. */
  readonly waiting: readonly ListedAttempt[];
  /** Passed over because too many came at once; at most as many as the list holds, newest first. */
  readonly passed: readonly ListedAttempt[];
  /** How many were passed over, those included that are kept no more. */
  readonly more: number;
}

export const NO_ARRIVALS: Arrivals = { shown: [], waiting: [], passed: [], more: 0 };

/** A list that is shown as it is: the first one. */
export function arrivalsOf(rows: readonly ListedAttempt[]): Arrivals {
  return { ...NO_ARRIVALS, shown: newestFirst(rows) };
}

/** Rows come. One that is known is replaced where it stands; one that is older than the whole list is not shown. */
export function offer(arrivals: Arrivals, rows: readonly ListedAttempt[]): Arrivals {
  const given = new Map(rows.map(row => [row.id, row]));
  const renew = (list: readonly ListedAttempt[]) => list.map(row => take(given, row));
  const { shown, waiting, passed, more } = arrivals;
  const renewed = { shown: renew(shown), waiting: renew(waiting), passed: renew(passed) };
  const oldest = shown.length < LISTED_ROWS ? Number.NEGATIVE_INFINITY : (shown.at(-1)?.seq ?? 0);
  const fresh = [...given.values()].filter(row => row.seq > oldest);
  const wait = newestFirst([...renewed.waiting, ...fresh]);
  const kept = wait.slice(0, LISTED_ROWS);
  return { ...renewed, waiting: kept, more: more + wait.length - kept.length };
}

function take(given: Map<string, ListedAttempt>, row: ListedAttempt): ListedAttempt {
  const newer = given.get(row.id);
  if (!newer) return row;
  given.delete(row.id);
  return newer.change >= row.change ? newer : row;
}

/** Once a second: the newest of what waits comes in, the rest is passed over. */
export function admit(arrivals: Arrivals): Arrivals {
  const { shown, waiting, passed, more } = arrivals;
  if (waiting.length === 0) return arrivals;
  const rest = waiting.slice(ROWS_A_SECOND);
  return {
    shown: newestFirst([...waiting.slice(0, ROWS_A_SECOND), ...shown]).slice(0, LISTED_ROWS),
    waiting: [],
    passed: newestFirst([...rest, ...passed]).slice(0, LISTED_ROWS),
    more: more + rest.length,
  };
}

/** Everything that waits or was passed over comes in. */
export function showAll({ shown, waiting, passed }: Arrivals): Arrivals {
  return { ...NO_ARRIVALS, shown: newestFirst([...shown, ...waiting, ...passed]).slice(0, LISTED_ROWS) };
}

/** How many are not shown although they came. */
export function unseen({ waiting, more }: Arrivals): number {
  return waiting.length + more;
}

function newestFirst(rows: readonly ListedAttempt[]): ListedAttempt[] {
  return rows.toSorted((a, b) => b.seq - a.seq);
}
