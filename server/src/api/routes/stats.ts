import Type, { type Static } from 'typebox';
import { PinataError } from '../../errors.ts';
import { wholeSecond } from '../../export/attempt-filter.ts';
import { nullable } from '../../wire/nullable.ts';
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
import { By, readTop, TOP_ATTEMPTS_MAX, Top } from '../queries/top.ts';
import { json, problems } from '../responses.ts';
import { Summary } from '../snapshot.ts';
import { timeOf, timeOrNull } from '../time.ts';

const META_TTL_MS = 1_000;
/** Longer windows cost more and change less. */
const SUMMARY_TTL_MS = { '1h': 2_000, '24h': 2_000, '7d': 10_000, all: 30_000 } as const;
const SERIES_TTL_MS = 5_000;
/** Distinct counts read the log itself, and so do some of the most frequent values. */
const DISTINCT_TTL_MS = 60_000;
const TOP_TTL_MS = 15_000;
const TOP_ROWS = 20;
const TOP_ROWS_MAX = 250;
const SLICES_KEPT = 64;

const closed = { additionalProperties: false } as const;

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

/** No channel: what counts values by day does not tell channels apart. */
const TopQuery = Type.Object(
  {
    by: Type.Optional(By),
    window: Type.Optional(Window),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: TOP_ROWS_MAX, default: TOP_ROWS })),
    target: SliceParameters.target,
    selfTest: SliceParameters.selfTest,
  },
  closed,
);
const TopAnswer = Type.Object(
  {
    ...Top.properties,
    meta: Type.Object({ ...Meta.properties, from: nullable(Type.String()), to: Type.String() }, closed),
  },
  { ...closed, title: 'Top' },
);
const TOP_DESCRIPTION = `\`meta.from\` and \`meta.to\` tell the span that was counted. Countries and classes of more than a day, or of more
than ${TOP_ATTEMPTS_MAX} attempts, are counted by whole UTC days; fingerprints among the newest ${TOP_ATTEMPTS_MAX} attempts of the window.`;

interface Asked {
  window: Window;
  slice: Slice;
}

interface AskedTop extends Asked {
  by: By;
  limit: number;
}

interface AskedSeries {
  span: { fromUs: number; toUs: number };
  interval: Interval;
  by: Grouping;
  slice: Slice;
}

/** `GET /api/v1/stats/summary`, `/timeseries` and `/top`: from the roll-ups, or from a bounded part of the log, so that their cost does not grow. */
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

  const top = cachedBy(
    () => TOP_TTL_MS,
    SLICES_KEPT,
    ({ by, window, limit, slice }: AskedTop) => readTop(database, by, window, limit, slice),
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

  app.get(
    '/api/v1/stats/top',
    {
      schema: {
        tags: ['statistics'],
        summary: 'Most frequent countries, classes, fingerprints or outcomes',
        description: TOP_DESCRIPTION,
        querystring: TopQuery,
        response: { 200: json('The values', TopAnswer), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { by = 'country', window = '24h', limit = TOP_ROWS, ...slice } = request.query;
      const [answer, state] = await Promise.all([top({ by, window, limit, slice }), meta()]);
      reply.header('cache-control', 'public, max-age=15');
      return { ...answer.top, meta: { ...state, from: timeOrNull(answer.fromUs), to: timeOf(answer.toUs) } };
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
