import type { ListedAttempt } from '../snapshot.ts';

/** A line of the live list, as far as it matters. */
export function attempt(some: Partial<ListedAttempt>): ListedAttempt {
  return {
    id: '01a20cb1-0af8-787a-8a3a-523a38847e13',
    seq: some.change ?? 1,
    change: 1,
    startedAt: '2026-11-24T08:00:00Z',
    target: 'practice',
    channel: 'server',
    depth: 2,
    outcome: 'abandoned',
    inferred: false,
    primaryClass: null,
    country: 'ZZ',
    srcToken: '00000000000000000000000000000000',
    ja4: null,
    bytesIn: 0,
    selfTest: false,
    alert: null,
    ...some,
  };
}
