import type { Alarm } from '../store/publication.ts';
import type { Micros } from '../wire/ids.ts';

/** When a target was last tested, and since when its guest has been ready: null where neither has happened. */
export interface TestedTarget {
  readonly target: string;
  readonly testedUs: Micros | null;
  readonly readyUs: Micros | null;
}

export interface Watching {
  readonly nowUs: Micros;
  /** What happened before this cannot be held against a target: whoever would have told of it was not heard. */
  readonly sinceUs: Micros;
  readonly staleAfterS: number;
}

/**
 * The alarms for targets whose self-test is stale: nobody knows whether they still release and refuse. One for each silence, which is
 * named by its beginning. A boot without a test counts from when it was ready. Pure.
 */
export function staleSelfTests(targets: readonly TestedTarget[], watching: Watching): Alarm[] {
  const { nowUs, sinceUs, staleAfterS } = watching;
  return targets.flatMap(({ target, testedUs, readyUs }): Alarm[] => {
    const last = testedUs ?? readyUs;
    if (last === null || nowUs - Math.max(last, sinceUs) <= staleAfterS * 1e6) return [];
    const detail = `no self-test for more than ${staleAfterS} s`;
    return [{ kind: 'self_test_stale', raisedUs: nowUs, target, attemptId: null, detail, cause: `${target} ${last}` }];
  });
}
