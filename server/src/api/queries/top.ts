import Type, { type Static } from 'typebox';
import { idBounds } from '../../export/attempt-filter.ts';
import type { Queryable } from '../../export/attempt-pages.ts';
import { piecesOf } from './rollup-pieces.ts';
import { MINUTE_US, type Slice, sliceConditions, type Window, windowBounds } from './summary.ts';

const DAY_US = 86_400_000_000;
/** Attempts that are read from the log itself, where no roll-up knows the answer. */
export const TOP_ATTEMPTS_MAX = 20_000;

export const By = Type.Enum(['country', 'class', 'ja4', 'outcome'], { default: 'country' });
export type By = Static<typeof By>;

/** The most frequent values. What has none is counted too, and never cut off. */
export const Top = Type.Object(
  {
    by: Type.String(),
    window: Type.String(),
    attempts: Type.Integer({ description: 'in the span that meta tells, whatever their value' }),
    values: Type.Integer({ description: 'different values in all, without those that are unknown' }),
    rows: Type.Array(
      Type.Object(
        {
          value: Type.Union([Type.String(), Type.Null()], { description: 'null: it has none' }),
          attempts: Type.Integer(),
        },
        { additionalProperties: false },
      ),
      { description: 'most frequent first; the row of null, and ZZ among countries, is there whatever the limit' },
    ),
  },
  { additionalProperties: false },
);
export type Top = Static<typeof Top>;

/** The answer, and the span (microseconds) that it is of; `fromUs` null: since the beginning. */
export interface TopOfSpan {
  readonly top: Top;
  readonly fromUs: number | null;
  readonly toUs: number;
}

interface Counted {
  readonly value: string | null;
  readonly attempts: number;
}

interface Source {
  readonly fromUs: number | null;
  readonly toUs: number;
  readonly attempts: number;
  readonly rows: readonly Counted[];
}

/**
 * Counts by one field. Outcomes come from the roll-ups for exactly the window. Countries and classes of long or busy windows come
 * from those of whole UTC days, so that the span may begin up to a day earlier. Otherwise the log itself is read, and a span with
 * more than `TOP_ATTEMPTS_MAX` attempts is cut at its beginning. Either way the span is told.
 */
export async function readTop(
  database: Queryable,
  by: By,
  window: Window,
  limit: number,
  slice: Slice,
  nowMs: number = Date.now(),
): Promise<TopOfSpan> {
  const { fromUs, toUs } = windowBounds(window, nowMs);
  const source = await sourceOf(database, by, { fromUs, toUs }, slice);
  const { rows, ...rest } = source;
  return {
    top: { by, window, attempts: rest.attempts, values: rows.filter(isKnown).length, rows: cut(rows, limit) },
    fromUs: rest.fromUs,
    toUs: rest.toUs,
  };
}

/** The first rows, with those for "unknown" after them if they would be cut off. Pure. */
export function cut(rows: readonly Counted[], limit: number): Counted[] {
  return rows.filter((row, rank) => rank < limit || !isKnown(row));
}

function isKnown({ value }: Counted): boolean {
  return value !== null && value !== 'ZZ';
}

async function sourceOf(
  database: Queryable,
  by: By,
  span: { fromUs: number | null; toUs: number },
  slice: Slice,
): Promise<Source> {
  const fromUs = span.fromUs ?? 0;
  if (by === 'outcome') return { ...span, ...(await outcomes(database, fromUs, span.toUs, slice)) };
  const startUs = await newestStart(database, fromUs, span.toUs, slice);
  const isShort = span.fromUs !== null && span.toUs - fromUs <= DAY_US;
  if (by !== 'ja4' && !(isShort && startUs === fromUs)) return wholeDays(database, by, span, slice);
  const cutUs = startUs === fromUs ? span.fromUs : startUs;
  return { fromUs: cutUs, toUs: span.toUs, ...(await fromLog(database, by, startUs, span.toUs, slice)) };
}

/** The earliest whole minute from which the span has no more attempts than may be read: its beginning, where that is so. */
async function newestStart(database: Queryable, fromUs: number, toUs: number, slice: Slice): Promise<number> {
  const values: unknown[] = [fromUs, toUs, TOP_ATTEMPTS_MAX];
  // A row counts at least one attempt, so that one row more than attempts are allowed is enough, however old the log is.
  const [row] = await database.query<{ minute_us: number }>(
    `select minute_us from (
       select minute_us, sum(sum(attempts)) over (order by minute_us desc) as up_to_here from (
         select minute_us, attempts from rollup_minute
         where minute_us >= $1 and minute_us < $2 and attempts > 0 ${sliceConditions(slice, values)}
         order by minute_us desc limit $3 + 1
       ) newest group by minute_us
     ) minute where up_to_here > $3 order by minute_us desc limit 1`,
    values,
  );
  return row ? row.minute_us + MINUTE_US : fromUs;
}

type Counts = Pick<Source, 'attempts' | 'rows'>;

async function outcomes(database: Queryable, fromUs: number, toUs: number, slice: Slice): Promise<Counts> {
  const values: unknown[] = [];
  const conditions = sliceConditions(slice, values);
  const pieces = piecesOf(fromUs, toUs).map(({ step, fromUs: from, toUs: to }) => {
    const [first, end] = [`$${values.push(from)}`, `$${values.push(to)}`];
    return `select outcome, attempts from ${step.table}
      where ${step.column} >= ${first} and ${step.column} < ${end} ${conditions}`;
  });
  const rows = await database.query<Counted>(
    `select outcome as value, sum(attempts)::bigint as attempts from (${pieces.join(' union all ')}) piece
     group by outcome having sum(attempts) > 0 order by attempts desc, value`,
    values,
  );
  return { rows, attempts: rows.reduce((sum, { attempts }) => sum + attempts, 0) };
}

const DAYS = {
  country: { table: 'rollup_country_day', value: 'country' },
  class: { table: 'rollup_class_day', value: "nullif(class_id, '')" },
} as const;

async function wholeDays(
  database: Queryable,
  by: keyof typeof DAYS,
  span: { fromUs: number | null; toUs: number },
  slice: Slice,
): Promise<Source> {
  const fromUs = Math.floor((span.fromUs ?? 0) / DAY_US) * DAY_US;
  const values: unknown[] = [fromUs, span.toUs];
  const conditions = sliceConditions(slice, values);
  const { table, value } = DAYS[by];
  const [rows, [all]] = await Promise.all([
    database.query<Counted>(
      `select ${value} as value, sum(attempts)::bigint as attempts from ${table}
       where day_us >= $1 and day_us < $2 ${conditions}
       group by 1 having sum(attempts) > 0 order by attempts desc, value`,
      values,
    ),
    database.query<{ attempts: number }>(
      `select coalesce(sum(attempts), 0)::bigint as attempts from rollup_day
       where day_us >= $1 and day_us < $2 ${conditions}`,
      values,
    ),
  ]);
  return { fromUs: span.fromUs === null ? null : fromUs, toUs: span.toUs, rows, attempts: all?.attempts ?? 0 };
}

const LOG_VALUES = {
  country: 'country',
  ja4: 'ja4',
  class: `unnest(case classes when '{}' then array[null::text] else array(select distinct unnest(classes)) end)`,
} as const;

async function fromLog(
  database: Queryable,
  by: keyof typeof LOG_VALUES,
  fromUs: number,
  toUs: number,
  slice: Slice,
): Promise<Counts> {
  const values: unknown[] = [fromUs, toUs, ...idBounds(fromUs, toUs)];
  const where = `superseded_change is null and started_us >= $1 and started_us < $2 and id >= $3 and id < $4
    ${sliceConditions(slice, values)}`;
  const [rows, [all]] = await Promise.all([
    database.query<Counted>(
      `select value, count(*)::int as attempts from (select ${LOG_VALUES[by]} as value from attempt where ${where}) one
       group by value order by attempts desc, value`,
      values,
    ),
    database.query<{ attempts: number }>(`select count(*)::int as attempts from attempt where ${where}`, values),
  ]);
  return { rows, attempts: all?.attempts ?? 0 };
}
