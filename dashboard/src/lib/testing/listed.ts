import type { ListedAttempt, Snapshot } from '../generated/api.ts';

/** A line of the live list; `seq` says which, unless more is told. */
export function listed(some: Partial<ListedAttempt> & { seq: number }): ListedAttempt {
  return {
    id: `attempt ${some.seq}`,
    change: some.seq,
    startedAt: '2026-11-24T08:00:00Z',
    target: 'prize',
    channel: 'server',
    depth: 2,
    outcome: 'abandoned',
    inferred: false,
    primaryClass: null,
    country: 'ZZ',
    srcToken: '0'.repeat(32),
    ja4: null,
    bytesIn: 0,
    selfTest: false,
    alert: null,
    ...some,
  };
}

/** A snapshot as of a change, with these rows. */
export function snapshotAt(cursor: number, attempts: ListedAttempt[] = []): Snapshot {
  return {
    cursor,
    generatedAt: '2026-11-24T08:00:00Z',
    site: 'here',
    targets: [],
    health: 'ok',
    feed: { state: 'live', because: null, completeUntil: '2026-11-24T08:00:00Z' },
    summary: {
      window: '24h',
      from: '2026-11-23T08:00:00Z',
      to: '2026-11-24T08:00:00Z',
      attempts: cursor,
      refused: 0,
      reached: [cursor, 0, 0, 0, 0, 0, 0, 0, 0],
      outcomes: {},
      perMinute: [],
    },
    attempts,
    firsts: [],
    announcements: [],
  };
}
