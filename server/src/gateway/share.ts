/** Which of several processes that share something this one is, from 1. */
export interface Share {
  readonly number: number;
  readonly of: number;
}

export const ALONE: Share = Object.freeze({ number: 1, of: 1 });

/** This process's part of a limit: all parts together are the limit, and none is larger than another by more than one. */
export function partOf(limit: number, { number, of }: Share): number {
  return Math.floor(limit / of) + (number <= limit % of ? 1 : 0);
}

/** This process's of the things that only one may use at a time. Where there are fewer than processes, some have to share one. */
export function ownOf<T>(things: readonly T[], { number, of }: Share): T[] {
  const own = things.filter((_, index) => index % of === number - 1);
  return own.length > 0 ? own : things.slice((number - 1) % things.length).slice(0, 1);
}
