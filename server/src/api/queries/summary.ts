import Type, { type Static } from 'typebox';
import { idBounds } from '../../export/attempt-filter.ts';
import type { Queryable } from '../../export/attempt-pages.ts';
import { DEPTHS } from '../../wire/outcomes.ts';
import type { Summary } from '../snapshot.ts';
import { timeOf } from '../time.ts';
import { piecesOf } from './rollup-pieces.ts';

export const MINUTE_US = 60_000_000;
const CHART_MINUTES = 60;

/** Length of each window in minutes; null: since the beginning. */
const WINDOWS = { '1h': 60, '24h': 1440, '7d': 10_080, all: null } as const;
export const Window = Type.Enum(['1h', '24h', '7d', 'all'], { description: 'ends with the current minute' });
export type Window = keyof typeof WINDOWS;

/** Which attempts are counted. Self-tests are left out unless they alone are asked for. */
export interface Slice {
  readonly target?: string;
  readonly channel?: string;
  readonly selfTest?: boolean;
}

/** Start (inclusive, null: none) and end (exclusive) of a window, on whole minutes. */
export function windowBounds(window: Window, nowMs: number): { fromUs: number | null; toUs: number } {
  const toUs = (Math.floor(nowMs / 60_000) + 1) * MINUTE_US;
  const minutes = WINDOWS[window];
  return { fromUs: minutes === null ? null : toUs - minutes * MINUTE_US, toUs };
}

/** Adds a slice's conditions on the roll-up's columns to `values`, as text that starts with "and". */
export function sliceConditions(slice: Slice, values: unknown[]): string {
  values.push(slice.selfTest ?? false);
  let sql = `and self_test = $${values.length}`;
  for (const name of ['target', 'channel'] as const) {
    if (slice[name] === undefined) continue;
    values.push(slice[name]);
    sql += ` and ${name} = $${values.length}`;
  }
  return sql;
}

/** Counts of a window, from the roll-ups alone. */
export async function readSummary(
  database: Queryable,
  window: Window,
  slice: Slice = {},
  nowMs: number = Date.now(),
): Promise<Summary> {
  const { fromUs, toUs } = windowBounds(window, nowMs);
  const [groups, minutes, refused] = await Promise.all([
    readGroups(database, fromUs ?? 0, toUs, slice),
    readMinutes(database, toUs, slice),
    readRefused(database, fromUs ?? 0, toUs, slice),
  ]);
  const outcomes: Record<string, number> = {};
  const atDepth = DEPTHS.map(() => 0);
  for (const { outcome, depth, attempts } of groups) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + attempts;
    atDepth[depth] = (atDepth[depth] ?? 0) + attempts;
  }
  const reached = reachedFrom(atDepth);
  return {
    window,
    from: fromUs === null ? null : timeOf(fromUs),
    to: timeOf(toUs),
    attempts: reached[0] ?? 0,
    refused,
    reached,
    outcomes,
    perMinute: minutes,
  };
}

/** Attempts that ended at each depth → attempts that reached at least each depth. */
export function reachedFrom(atDepth: readonly number[]): number[] {
  let above = 0;
  return atDepth
    .toReversed()
    .map(count => (above += count))
    .toReversed();
}

interface Group {
  outcome: string;
  depth: number;
  attempts: number;
}

function readGroups(database: Queryable, fromUs: number, toUs: number, slice: Slice): Promise<Group[]> {
  const values: unknown[] = [];
  const conditions = sliceConditions(slice, values);
  const parts = piecesOf(fromUs, toUs).map(({ step, fromUs: from, toUs: to }) => {
    const [first, end] = [`$${values.push(from)}`, `$${values.push(to)}`];
    return `select outcome, depth, attempts from ${step.table}
      where ${step.column} >= ${first} and ${step.column} < ${end} ${conditions}`;
  });
  if (parts.length === 0) return Promise.resolve([]);
  return database.query<Group>(
    `select outcome, depth, sum(attempts)::bigint as attempts from (${parts.join(' union all ')}) piece
     group by outcome, depth having sum(attempts) > 0 order by outcome, depth`,
    values,
  );
}

async function readMinutes(database: Queryable, toUs: number, slice: Slice): Promise<number[]> {
  const fromUs = toUs - CHART_MINUTES * MINUTE_US;
  const values: unknown[] = [fromUs, toUs];
  const conditions = sliceConditions(slice, values);
  const rows = await database.query<{ minute_us: number; attempts: number }>(
    `select minute_us, sum(attempts)::bigint as attempts from rollup_minute
     where minute_us >= $1 and minute_us < $2 ${conditions} group by minute_us`,
    values,
  );
  const perMinute = Array.from({ length: CHART_MINUTES }, () => 0);
  for (const row of rows) perMinute[Math.floor((row.minute_us - fromUs) / MINUTE_US)] = row.attempts;
  return perMinute;
}

async function readRefused(database: Queryable, fromUs: number, toUs: number, slice: Slice): Promise<number> {
  if (slice.selfTest) return 0;
  const values: unknown[] = [slice.target ?? null, slice.channel ?? null];
  const pieces = piecesOf(fromUs, toUs).map(({ step, fromUs: from, toUs: to }) => {
    const [first, end] = [`$${values.push(from)}`, `$${values.push(to)}`];
    return `step_us = ${step.us} and start_us >= ${first} and start_us < ${end}`;
  });
  if (pieces.length === 0) return 0;
  const [row] = await database.query<{ refused: number }>(
    `select coalesce(sum(attempts), 0)::bigint as refused from rollup_refusal
     where (${pieces.join(' or ')}) and ($1::text is null or target = $1) and ($2::text is null or channel = $2)`,
    values,
  );
  return row?.refused ?? 0;
}

/** How many different ones there were. `sources`: an address counts once per day, because its token changes daily. */
export const Distinct = Type.Object(
  {
    sources: Type.Integer(),
    fingerprints: Type.Integer(),
    certificates: Type.Integer(),
    countries: Type.Integer(),
    classes: Type.Integer(),
  },
  { additionalProperties: false },
);
export type Distinct = Static<typeof Distinct>;

/** Attempts that distinct values are counted among. */
export const DISTINCT_ATTEMPTS_MAX = 20_000;

/**
 * Counts distinct values in the log itself. Null where that would take long: for windows of more than a day, or with more than
 * `DISTINCT_ATTEMPTS_MAX` attempts in them.
 */
export async function readDistinct(
  database: Queryable,
  window: Window,
  slice: Slice,
  nowMs: number = Date.now(),
): Promise<Distinct | null> {
  const { fromUs, toUs } = windowBounds(window, nowMs);
  if (fromUs === null || toUs - fromUs > 1440 * MINUTE_US) return null;
  const groups = await readGroups(database, fromUs, toUs, slice);
  if (groups.reduce((sum, { attempts }) => sum + attempts, 0) > DISTINCT_ATTEMPTS_MAX) return null;
  const values: unknown[] = [fromUs, toUs, ...idBounds(fromUs, toUs)];
  const where = `superseded_change is null and started_us >= $1 and started_us < $2 and id >= $3 and id < $4
    ${sliceConditions(slice, values)}`;
  const [row] = await database.query<Distinct>(
    `select count(distinct src_token)::int as sources, count(distinct ja4)::int as fingerprints,
       count(distinct spki)::int as certificates, count(distinct nullif(country, 'ZZ'))::int as countries,
       (select count(distinct class)::int from attempt, unnest(classes) class where ${where}) as classes
     from attempt where ${where}`,
    values,
  );
  return row ?? null;
}
