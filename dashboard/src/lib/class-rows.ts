import { queryText } from './attempt-filter.ts';
import type { ClassCounts } from './generated/api.ts';

export type ClassSpan = keyof ClassCounts;
const DAY_MS = 86_400_000;
/** With today: that is how the counts are made. */
const DAYS: Readonly<Record<ClassSpan, number | null>> = { today: 1, days30: 30, all: null };

/** The rows that a count of a class is the number of; of all attempts for an empty id. Whole UTC days, without self-tests. */
export function classRows(id: string, span: ClassSpan, nowMs: number): string {
  const days = DAYS[span];
  const from =
    days === null ? undefined : new Date(Math.floor(nowMs / DAY_MS - days + 1) * DAY_MS).toISOString().slice(0, 10);
  return `/attempts${queryText({ class: id === '' ? undefined : id, from, selfTest: 'false' })}`;
}
