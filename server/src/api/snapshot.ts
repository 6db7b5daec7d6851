import Type, { type Static } from 'typebox';
import { nullable } from '../wire/nullable.ts';
import { FeedState } from './live/feed-state.ts';
import { Announcement } from './queries/announcements.ts';

/**
 * What the first page starts from and what the live stream then changes. At most 30 kB of JSON; `cursor` is the `change` that it
 * holds everything up to.
 */
const closed = { additionalProperties: false } as const;

/** One line of the live list: a cut of the public record. */
export const ListedAttempt = Type.Object(
  {
    id: Type.String(),
    seq: Type.Integer(),
    change: Type.Integer(),
    startedAt: Type.String(),
    target: Type.String(),
    channel: Type.String(),
    depth: Type.Integer(),
    outcome: Type.String(),
    inferred: Type.Boolean(),
    primaryClass: nullable(Type.String()),
    country: Type.String(),
    srcToken: Type.String(),
    ja4: nullable(Type.String()),
    bytesIn: Type.Integer(),
    selfTest: Type.Boolean(),
    alert: nullable(Type.Integer()),
  },
  closed,
);
export type ListedAttempt = Static<typeof ListedAttempt>;

/** The strip at the top: one entry per target. */
export const TargetStatus = Type.Object(
  {
    target: Type.String(),
    prize: Type.Boolean(),
    state: Type.String(),
    bootId: nullable(Type.String()),
    readyAt: nullable(Type.String()),
    accelerator: nullable(Type.String()),
    imageSha256: nullable(Type.String()),
    restarts: Type.Integer(),
    selfTest: nullable(Type.Object({ at: Type.String(), passed: nullable(Type.Boolean()) }, closed)),
    /** A self-test, or without one the boot, that is older than this is stale. */
    selfTestStaleAfterS: Type.Integer(),
    /** Prize only: since when nobody is known to have won, or the first release. */
    unclaimedSince: nullable(Type.String()),
    released: nullable(Type.Object({ id: Type.String(), at: Type.String() }, closed)),
    address: nullable(Type.String()),
    ports: Type.Object({ server: Type.Integer(), callback: Type.Integer(), client: Type.Integer() }, closed),
  },
  closed,
);
export type TargetStatus = Static<typeof TargetStatus>;

/** Self-tests are left out of every number. */
export const Summary = Type.Object(
  {
    window: Type.String(),
    from: nullable(Type.String()),
    to: Type.String(),
    attempts: Type.Integer(),
    refused: Type.Integer(),
    /** Attempts that reached at least each depth, 0 to 8. */
    reached: Type.Array(Type.Integer(), { minItems: 9, maxItems: 9 }),
    outcomes: Type.Record(Type.String(), Type.Integer()),
    /** Attempts per minute, oldest first, the last 60 minutes. */
    perMinute: Type.Array(Type.Integer(), { maxItems: 60 }),
  },
  closed,
);
export type Summary = Static<typeof Summary>;

/** The first attempt ever that showed a fingerprint (JA4), class, depth or country; self-tests are left out. */
export const First = Type.Object(
  {
    at: Type.String({ description: 'when that attempt began' }),
    kind: Type.Enum(['fingerprint', 'class', 'depth', 'country']),
    value: Type.String({ description: 'JA4, id of a class, 0 to 8, ISO 3166 code' }),
    attemptId: Type.String(),
  },
  closed,
);
export type First = Static<typeof First>;

export const Snapshot = Type.Object(
  {
    cursor: Type.Integer(),
    generatedAt: Type.String(),
    site: Type.String(),
    targets: Type.Array(TargetStatus),
    /** Overall state of the feed's own parts: ok, degraded, down. */
    health: Type.String(),
    feed: FeedState,
    summary: Summary,
    /** The newest 50, newest first, self-tests included (they are marked). */
    attempts: Type.Array(ListedAttempt, { maxItems: 50 }),
    /** The newest of what was never seen before, newest first. */
    firsts: Type.Array(First, { maxItems: 12 }),
    /** What the organisers say on every page, newest first. */
    announcements: Type.Array(Announcement),
  },
  closed,
);
export type Snapshot = Static<typeof Snapshot>;

const Range = Type.Object({ from: Type.Integer(), to: Type.Integer(), count: Type.Integer() }, closed);
const Now = Type.String({ format: 'date-time', description: 'by the clock of the service' });

/** Data of the stream's events, by their names. */
export const STREAM_EVENTS = {
  hello: Type.Object({ cursor: Type.Integer(), now: Now }, closed),
  /** A change that is neither in a row nor in a range does not exist. */
  attempts: Type.Object({ rows: Type.Array(ListedAttempt), skipped: Type.Array(Range) }, closed),
  stats: Summary,
  firsts: Type.Object({ rows: Type.Array(First) }, closed),
  status: Type.Object({ health: Type.String(), targets: Type.Array(TargetStatus), feed: FeedState }, closed),
  beat: Type.Object({ now: Now, cursor: Type.Integer(), completeUntil: nullable(Type.String()) }, closed),
  /** Start again from a snapshot. */
  reset: Type.Object({}, closed),
};
export type StreamEvents = { [E in keyof typeof STREAM_EVENTS]: Static<(typeof STREAM_EVENTS)[E]> };
