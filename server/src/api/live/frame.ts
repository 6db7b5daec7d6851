import type { ListedAttempt, StreamEvents } from '../snapshot.ts';

/** Builds frames of the live stream. Pure. */

export type AttemptsFrame = StreamEvents['attempts'];

/** The rows to show of those that came after `after`, up to `upTo`; every other change in between is stated as skipped. */
export function attemptsFrame(
  rows: readonly ListedAttempt[],
  after: number,
  upTo: number,
  rowsMax: number,
): AttemptsFrame {
  const shown = rows.length <= rowsMax ? [...rows] : mostTelling(rows, rowsMax);
  return { rows: shown, skipped: gaps(after, upTo, shown) };
}

/** Visitors' attempts before self-tests, then the deepest, then the newest; in the order of the log. */
function mostTelling(rows: readonly ListedAttempt[], count: number): ListedAttempt[] {
  return rows
    .toSorted((a, b) => Number(a.selfTest) - Number(b.selfTest) || b.depth - a.depth || b.change - a.change)
    .slice(0, count)
    .sort((a, b) => a.change - b.change);
}

/** The ranges (both ends included) of changes after `after` up to `upTo` that none of the rows is. */
export function gaps(after: number, upTo: number, rows: readonly ListedAttempt[]): AttemptsFrame['skipped'] {
  const skipped: AttemptsFrame['skipped'] = [];
  const close = (from: number, to: number) => {
    if (from <= to) skipped.push({ from, to, count: to - from + 1 });
  };
  let next = after + 1;
  for (const { change } of rows) {
    close(next, change - 1);
    next = change + 1;
  }
  close(next, upTo);
  return skipped;
}

/** One event in the wire form of server-sent events (WHATWG HTML §9.2.5). JSON text has no line breaks. */
export function eventText(event: keyof StreamEvents, data: unknown, id?: number): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
