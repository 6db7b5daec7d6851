const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;
/** Together with the pauses before: about a day. */
const TRIES_MAX = 33;

/** How long to wait after so many tries that failed, from 1; null: give up. Doubles from 5 s to an hour. Pure. */
export function pauseAfter(tries: number): number | null {
  return tries >= TRIES_MAX ? null : Math.min(FIRST_MS * 2 ** (tries - 1), LONGEST_MS);
}
