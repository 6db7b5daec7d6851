import Type, { type Static } from 'typebox';
import { PinataError } from '../../errors.ts';
import { wholeSecond } from '../../export/attempt-filter.ts';
import { cached, cachedBy } from '../cached.ts';
import type { ApiContext, App } from '../context.ts';
import { Meta, readMeta } from '../queries/log-state.ts';
import {
  DISTINCT_ATTEMPTS_MAX,
  Distinct,
  readDistinct,
  readSummary,
  type Slice,
  Window,
  windowBounds,
} from '../queries/summary.ts';
import { fittingInterval, Grouping, Interval, isTooLong, readSeries, Series } from '../queries/timeseries.ts';
import { json, problems } from '../responses.ts';
import { Summary } from '../snapshot.ts';
import { timeOf } from '../time.ts';

const META_TTL_MS = 1_000;
/** Longer windows cost more and change less. */
const SUMMARY_TTL_MS = { '1h': 2_000, '24h': 2_000, '7d': 10_000, all: 30_000 } as const;
const SERIES_TTL_MS = 5_000;
/** Distinct counts read the log itself. */
const DISTINCT_TTL_MS = 60_000;
const SLICES_KEPT = 64;

const closed = { additionalProperties: false } as const;
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const SliceParameters = {
  target: Type.Optional(Type.String({ maxLength: 32 })),
  channel: Type.Optional(Type.Enum(['server', 'callback', 'client'])),
  selfTest: Type.Optional(Type.Boolean({ default: false, description: 'true: count self-tests, and nothing else' })),
};

const SummaryQuery = Type.Object({ window: Type.Optional(Window), ...SliceParameters }, closed);
const SummaryAnswer = Type.Object(
  {
    ...Summary.properties,
    distinct: nullable(
      Type.Unsafe<Distinct>({
        ...Distinct,
        description: `null for windows of more than a day or ${DISTINCT_ATTEMPTS_MAX} attempts`,
      }),
    ),
    meta: Meta,
  },
  { ...closed, title: 'Summary' },
);

const SeriesQuery = Type.Object(
  {
    window: Type.Optional(Window),
    from: Type.Optional(Type.String({ format: 'date-time' })),
    to: Type.Optional(Type.String({ format: 'date-time' })),
    interval: Type.Optional(Interval),
    by: Type.Optional(Grouping),
    ...SliceParameters,
  },
  closed,
);
type SeriesQuery = Static<typeof SeriesQuery>;
const SeriesAnswer = Type.Object(
  {
    ...Series.properties,
    meta: Type.Object({ ...Meta.properties, from: Type.String(), to: Type.String() }, closed),
  },
  { ...closed, title: 'Timeseries' },
);

interface Asked {
  window: Window;
  slice: Slice;
}

interface AskedSeries {
  span: { fromUs: number; toUs: number };
  interval: Interval;
  by: Grouping;
  slice: Slice;
}

/** `GET /api/v1/stats/summary` and `/timeseries`: from the roll-up, so that their cost does not grow with the log. */
export function statsRoutes(app: App, { database }: ApiContext): void {
  const meta = cached(META_TTL_MS, () => readMeta(database));
  const summary = cachedBy(
    ({ window }) => SUMMARY_TTL_MS[window],
    SLICES_KEPT,
    ({ window, slice }: Asked) => readSummary(database, window, slice),
  );
  const distinct = cachedBy(
    () => DISTINCT_TTL_MS,
    SLICES_KEPT,
    ({ window, slice }: Asked) => readDistinct(database, window, slice),
  );

  const series = cachedBy(
    () => SERIES_TTL_MS,
    SLICES_KEPT,
    ({ span, interval, by, slice }: AskedSeries) => readSeries(database, span, interval, by, slice),
  );

  app.get(
    '/api/v1/stats/summary',
    {
      schema: {
        tags: ['statistics'],
        summary: 'Depth funnel, outcomes, attempts per minute',
        querystring: SummaryQuery,
        response: { 200: json('Counts of the window', SummaryAnswer), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { window = '24h', ...slice } = request.query;
      const [counts, different, state] = await Promise.all([
        summary({ window, slice }),
        distinct({ window, slice }),
        meta(),
      ]);
      reply.header('cache-control', 'public, max-age=2');
      return { ...counts, distinct: different, meta: state };
    },
  );

  app.get(
    '/api/v1/stats/timeseries',
    {
      schema: {
        tags: ['statistics'],
        summary: 'Attempts over time',
        description: 'Columns for charts. Either `window`, or `from` and `to`; the interval fits itself if left out.',
        querystring: SeriesQuery,
        response: { 200: json('The series', SeriesAnswer), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { window: _window, from: _from, to: _to, interval: asked, by = 'none', ...slice } = request.query;
      const span = await spanOf(request.query);
      const interval = asked ?? fittingInterval(span.fromUs, span.toUs);
      if (!interval || isTooLong(span.fromUs, span.toUs, interval)) {
        throw new PinataError('REQUEST_INVALID', { why: 'There would be too many points: choose a longer interval.' });
      }
      const [columns, state] = await Promise.all([series({ span, interval, by, slice }), meta()]);
      reply.header('cache-control', 'public, max-age=5');
      return { ...columns, meta: { ...state, from: timeOf(span.fromUs), to: timeOf(span.toUs) } };
    },
  );

  async function spanOf(query: SeriesQuery): Promise<{ fromUs: number; toUs: number }> {
    const { from, to, window } = query;
    if ((from === undefined) !== (to === undefined) || (from !== undefined && window !== undefined)) {
      throw new PinataError('REQUEST_INVALID', { why: 'Give either window, or both from and to.' });
    }
    if (from !== undefined && to !== undefined) return checked(wholeSecond(from) * 1000, wholeSecond(to) * 1000);
    const bounds = windowBounds(window ?? '24h', Date.now());
    return checked(bounds.fromUs ?? (await firstMinute()) ?? bounds.toUs, bounds.toUs);
  }

  async function firstMinute(): Promise<number | null> {
    const [row] = await database.query<{ first: number | null }>('select min(minute_us) as first from rollup_minute');
    return row?.first ?? null;
  }
}

function checked(fromUs: number, toUs: number): { fromUs: number; toUs: number } {
  if (Number.isNaN(fromUs) || Number.isNaN(toUs) || fromUs > toUs) {
    throw new PinataError('REQUEST_INVALID', { why: 'from must be before to.' });
  }
  return { fromUs, toUs };
}
