import Type, { type Static } from 'typebox';
import type { Queryable } from '../../export/attempt-pages.ts';
import { stepFor } from './rollup-pieces.ts';
import { MINUTE_US, type Slice, sliceConditions } from './summary.ts';

const POINTS_MAX = 1500;
/** Intervals of less than an hour are summed from minutes, of which a busy log has many rows: a week of them at most. */
const MINUTES_MAX = 10_080;

/** Length of a step in minutes. */
const INTERVALS = { '1m': 1, '5m': 5, '15m': 15, '1h': 60, '6h': 360, '1d': 1440 } as const;
export const Interval = Type.Enum(['1m', '5m', '15m', '1h', '6h', '1d']);
export type Interval = keyof typeof INTERVALS;

export const Grouping = Type.Enum(['none', 'outcome', 'depth', 'target', 'channel']);
export type Grouping = Static<typeof Grouping>;

/** Columns, as charts want them: `attempts[i]` of each line belongs to `times[i]`. */
export const Series = Type.Object(
  {
    interval: Type.String(),
    times: Type.Array(Type.Integer({ description: 'start of the step, seconds since the epoch' })),
    lines: Type.Array(
      Type.Object({ name: Type.String(), attempts: Type.Array(Type.Integer()) }, { additionalProperties: false }),
    ),
  },
  { additionalProperties: false },
);
export type Series = Static<typeof Series>;

/** The shortest interval that is not too short for the span. Null: it is too long even for days. */
export function fittingInterval(fromUs: number, toUs: number): Interval | null {
  const intervals = Object.keys(INTERVALS) as Interval[];
  return intervals.find(interval => !isTooLong(fromUs, toUs, interval)) ?? null;
}

/** How many steps there would be. */
export function pointsOf(fromUs: number, toUs: number, interval: Interval): number {
  const stepUs = INTERVALS[interval] * MINUTE_US;
  return Math.max(0, Math.ceil(toUs / stepUs) - Math.floor(fromUs / stepUs));
}

/** True if there would be too many steps, or too many minutes to add up. */
export function isTooLong(fromUs: number, toUs: number, interval: Interval): boolean {
  const isOfMinutes = stepFor(INTERVALS[interval] * MINUTE_US).us === MINUTE_US;
  return pointsOf(fromUs, toUs, interval) > POINTS_MAX || (isOfMinutes && toUs - fromUs > MINUTES_MAX * MINUTE_US);
}

/** Attempts per step, from the roll-up that is closest to it; steps start at multiples of the interval since the epoch. */
export async function readSeries(
  database: Queryable,
  span: { fromUs: number; toUs: number },
  interval: Interval,
  by: Grouping,
  slice: Slice,
): Promise<Series> {
  const stepUs = INTERVALS[interval] * MINUTE_US;
  const startUs = Math.floor(span.fromUs / stepUs) * stepUs;
  const count = pointsOf(span.fromUs, span.toUs, interval);
  const values: unknown[] = [startUs, startUs + count * stepUs, stepUs];
  const conditions = sliceConditions(slice, values);
  const name = by === 'none' ? "'attempts'" : `${by}::text`;
  const { table, column } = stepFor(stepUs);
  const rows = await database.query<{ step: number; name: string; attempts: number }>(
    `select ((${column} - $1::bigint) / $3::bigint)::int as step, ${name} as name, sum(attempts)::bigint as attempts
     from ${table} where ${column} >= $1::bigint and ${column} < $2::bigint ${conditions}
     group by 1, 2 having sum(attempts) > 0 order by 2, 1`,
    values,
  );
  const lines = new Map<string, number[]>();
  for (const row of rows) {
    const line = lines.get(row.name) ?? Array.from({ length: count }, () => 0);
    line[row.step] = row.attempts;
    lines.set(row.name, line);
  }
  return {
    interval,
    times: Array.from({ length: count }, (_, step) => (startUs + step * stepUs) / 1e6),
    lines: [...lines].map(([line, attempts]) => ({ name: line, attempts })),
  };
}
