import type { AttemptDay } from './attempt-days.ts';

/** Rows that the first window of a page may span; each one that follows spans this many times as many as the one before. */
export const FIRST_WINDOW = 4_000;
const GROWTH = 16;

/** A part of the log: numbers `first` to `last`, both included, and the days that their rows lie in. */
export interface SeqWindow {
  readonly first: number;
  readonly last: number;
  readonly days: readonly AttemptDay[];
  /** The page is most likely to be filled here. */
  readonly isFirst: boolean;
}

/**
 * Cuts the log into windows, in the order that a page wants them, leaving out what none of the days reaches. Most pages end in the
 * first; that which is rare is looked for in wider and wider ones. Pure.
 */
export function* seqWindows(
  days: readonly AttemptDay[],
  order: 'asc' | 'desc',
  bounds: { readonly after?: number | undefined; readonly before?: number | undefined },
  firstSpan: number = FIRST_WINDOW,
): Generator<SeqWindow, void, void> {
  let { after = 0, before = Number.MAX_SAFE_INTEGER } = bounds;
  for (let span = firstSpan; ; span *= GROWTH) {
    const left = days.filter(({ firstSeq, lastSeq }) => lastSeq > after && firstSeq < before);
    if (left.length === 0) return;
    const window = order === 'desc' ? newest(left, { after, before, span }) : oldest(left, { after, before, span });
    if (window.last < window.first) return;
    yield {
      ...window,
      isFirst: span === firstSpan,
      days: left.filter(({ firstSeq, lastSeq }) => lastSeq >= window.first && firstSeq <= window.last),
    };
    if (order === 'desc') before = window.first;
    else after = window.last;
  }
}

interface Bounds {
  readonly after: number;
  readonly before: number;
  readonly span: number;
}

function newest(days: readonly AttemptDay[], { after, before, span }: Bounds): { first: number; last: number } {
  const last = Math.min(before - 1, Math.max(...days.map(({ lastSeq }) => lastSeq)));
  return { first: Math.max(after + 1, last - span + 1), last };
}

function oldest(days: readonly AttemptDay[], { after, before, span }: Bounds): { first: number; last: number } {
  const first = Math.max(after + 1, Math.min(...days.map(({ firstSeq }) => firstSeq)));
  return { first, last: Math.min(before - 1, first + span - 1) };
}
