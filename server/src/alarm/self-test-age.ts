/** A self-test may be this many intervals old before it is stale. */
const INTERVALS = 2.5;

/** Seconds after which a target without a newer self-test has none that counts, where one is made each `everyS` seconds. */
export function selfTestStaleAfterS(everyS: number): number {
  return Math.ceil(everyS * INTERVALS);
}
