import Type, { type Static } from 'typebox';
import type { Micros } from '../../wire/ids.ts';
import { nullable } from '../../wire/nullable.ts';

/** Spools beat each second and are written within another; more than this behind, somebody has stopped. */
const DELAYED_AFTER_S = 6;

/** Whether the live picture is what happens now. */
export const FeedState = Type.Object(
  {
    state: Type.Enum(['live', 'delayed', 'down'], {
      description:
        'delayed: what happens is kept, and not shown yet. down: the database does not answer; all is as last seen',
    }),
    because: nullable(
      Type.String({ description: 'what does not keep up: database, ingest, or whose facts are missing' }),
    ),
    completeUntil: nullable(
      Type.String({ format: 'date-time', description: 'everything that ended up to here has been read' }),
    ),
  },
  { additionalProperties: false, title: 'FeedState' },
);
export type FeedState = Static<typeof FeedState>;

/** The last sign of life of a process, as ingest passed it on. */
interface Beat {
  readonly name: string;
  readonly beat_us: Micros;
}

/** What the feed is, from what the database said last and whether it still answers. Pure. */
export function feedStateOf(
  completeUntil: string | null,
  beats: readonly Beat[],
  isAnswering: boolean,
  nowUs: Micros,
): FeedState {
  if (!isAnswering) return { state: 'down', because: 'database', completeUntil };
  const isCurrent = completeUntil !== null && isRecent(Date.parse(completeUntil) * 1000, nowUs);
  if (isCurrent) return { state: 'live', because: null, completeUntil };
  return { state: 'delayed', because: culprit(beats, nowUs), completeUntil };
}

/** Ingest passes on the beats of all others: while it is silent itself, theirs say nothing. */
function culprit(beats: readonly Beat[], nowUs: Micros): string | null {
  const ingest = beats.find(({ name }) => name === 'ingest');
  if (ingest && !isRecent(ingest.beat_us, nowUs)) return ingest.name;
  const [slowest] = beats.toSorted((a, b) => a.beat_us - b.beat_us);
  return slowest && !isRecent(slowest.beat_us, nowUs) ? slowest.name : null;
}

function isRecent(us: Micros, nowUs: Micros): boolean {
  return nowUs - us <= DELAYED_AFTER_S * 1e6;
}
