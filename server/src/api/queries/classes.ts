import Type, { type Static } from 'typebox';
import type { Queryable } from '../../export/attempt-pages.ts';
import { timeOf } from '../time.ts';

const DAY_US = 86_400_000_000;
/** Days that a page shows, today included. */
const DAYS = 30;

const closed = { additionalProperties: false } as const;

/** Attempts by whole UTC days, self-tests left out. */
export const ClassCounts = Type.Object(
  {
    today: Type.Integer({ description: 'since 00:00 UTC' }),
    days30: Type.Integer({ description: 'today and the 29 days before it' }),
    all: Type.Integer(),
  },
  closed,
);
export type ClassCounts = Static<typeof ClassCounts>;

/** Columns: `attempts[i]` belongs to `days[i]`. */
export const ClassDays = Type.Object(
  {
    days: Type.Array(Type.String({ description: 'UTC day, oldest first' })),
    attempts: Type.Array(Type.Integer()),
  },
  closed,
);
export type ClassDays = Static<typeof ClassDays>;

export const NO_COUNTS: ClassCounts = { today: 0, days30: 0, all: 0 };

/** The id under which attempts are counted that have no class. */
export const NO_CLASS = '';

/** Counts of every class that was ever seen, by id; of attempts without one under `NO_CLASS`. */
export async function readClassCounts(database: Queryable, nowMs: number): Promise<Map<string, ClassCounts>> {
  const todayUs = dayOf(nowMs);
  const rows = await database.query<ClassCounts & { class_id: string }>(
    `select class_id, sum(attempts)::bigint as all,
       coalesce(sum(attempts) filter (where day_us >= $1), 0)::bigint as today,
       coalesce(sum(attempts) filter (where day_us >= $2), 0)::bigint as days30
     from rollup_class_day where not self_test group by class_id`,
    [todayUs, todayUs - (DAYS - 1) * DAY_US],
  );
  return new Map(rows.map(({ class_id, ...counts }) => [class_id, counts]));
}

/** The same of all attempts, whatever their classes. */
export async function readAttemptCounts(database: Queryable, nowMs: number): Promise<ClassCounts> {
  const todayUs = dayOf(nowMs);
  const [row] = await database.query<ClassCounts>(
    `select coalesce(sum(attempts), 0)::bigint as all,
       coalesce(sum(attempts) filter (where day_us >= $1), 0)::bigint as today,
       coalesce(sum(attempts) filter (where day_us >= $2), 0)::bigint as days30
     from rollup_day where not self_test`,
    [todayUs, todayUs - (DAYS - 1) * DAY_US],
  );
  return row ?? NO_COUNTS;
}

/** Attempts of one class on each of the last days. */
export async function readClassDays(database: Queryable, id: string, nowMs: number): Promise<ClassDays> {
  const firstUs = dayOf(nowMs) - (DAYS - 1) * DAY_US;
  const rows = await database.query<{ day_us: number; attempts: number }>(
    `select day_us, sum(attempts)::bigint as attempts from rollup_class_day
     where class_id = $1 and day_us >= $2 and not self_test group by day_us`,
    [id, firstUs],
  );
  const counts = new Map(rows.map(({ day_us, attempts }) => [day_us, attempts]));
  const days = Array.from({ length: DAYS }, (_, index) => firstUs + index * DAY_US);
  return {
    days: days.map(us => timeOf(us).slice(0, 'yyyy-mm-dd'.length)),
    attempts: days.map(us => counts.get(us) ?? 0),
  };
}

function dayOf(nowMs: number): number {
  return Math.floor((nowMs * 1000) / DAY_US) * DAY_US;
}
