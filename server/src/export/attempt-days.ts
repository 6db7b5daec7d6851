import { type AttemptFilter, daysOfIds, idAt } from './attempt-filter.ts';
import type { Queryable } from './attempt-pages.ts';

const DAY_US = 86_400_000_000;

/** A day of attempts, by their ids, and the least and greatest `seq` in it. */
export interface AttemptDay {
  readonly dayUs: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/**
 * The days that may hold what is asked for, by the roll-ups and by the values that were seen on them. A roll-up counts newest revisions,
 * so that as far as it goes, a day with anything published after the snapshot is always among them.
 */
export async function candidateDays(
  database: Queryable,
  filter: AttemptFilter,
  snapshot: number | null,
): Promise<AttemptDay[]> {
  const { sql, values } = candidateStatement(filter, snapshot);
  return database.query<AttemptDay>(sql, values);
}

/** The statement behind `candidateDays`. Pure. */
export function candidateStatement(filter: AttemptFilter, snapshot: number | null): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = extentConditions(filter, parameter);
  conditions.push(...seenConditions(filter, parameter));
  const counted = countedConditions(filter, parameter);
  if (counted.length > 0) {
    const later = snapshot === null ? [] : [`last_change > ${parameter(snapshot)}`];
    conditions.push(`(${[`(${counted.join(' and ')})`, ...later].join(' or ')})`);
  }
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  return {
    sql: `select day_us as "dayUs", first_seq as "firstSeq", last_seq as "lastSeq" from attempt_day ${where}`,
    values,
  };
}

/** Ranges of ids, `from` up to and without `to`, that some days have: one for days that follow each other. Pure. */
function idRanges(days: readonly Pick<AttemptDay, 'dayUs'>[]): [from: string, to: string][] {
  const starts = days.map(({ dayUs }) => dayUs).sort((a, b) => a - b);
  const begins = starts.filter((day, index) => starts[index - 1] !== day - DAY_US);
  const ends = starts.filter((day, index) => starts[index + 1] !== day + DAY_US);
  return begins.map((begin, index) => [idAt(begin / 1000), idAt(((ends[index] ?? begin) + DAY_US) / 1000)]);
}

/** The condition that a row is of one of these days, of which there is one at least; what it compares with is added to `values`. */
export function ofDays(days: readonly Pick<AttemptDay, 'dayUs'>[], values: unknown[]): string {
  const ranges = idRanges(days).map(([from, to]) => `id >= $${values.push(from)} and id < $${values.push(to)}`);
  return `(${ranges.join(' or ')})`;
}

type Parameter = (value: unknown) => string;

function extentConditions(filter: AttemptFilter, parameter: Parameter): string[] {
  const { fromUs, toUs } = daysOfIds(filter);
  return [
    ...(filter.after === undefined ? [] : [`last_seq > ${parameter(filter.after)}`]),
    ...(filter.before === undefined ? [] : [`first_seq < ${parameter(filter.before)}`]),
    ...(fromUs === null ? [] : [`day_us >= ${parameter(fromUs)}`]),
    ...(toUs === null ? [] : [`day_us <= ${parameter(toUs)}`]),
  ];
}

/** The kinds of `attempt_value_day`. */
function seenConditions({ ja4, spki, boot, claimTag }: AttemptFilter, parameter: Parameter): string[] {
  return Object.entries({ ja4, spki, boot, claim: claimTag }).flatMap(([kind, value]) =>
    value === undefined
      ? []
      : [`day_us in (select day_us from attempt_value_day where kind = '${kind}' and value = ${parameter(value)})`],
  );
}

/** What the roll-ups know of a filter: the counts by step know five of its fields together, those by class and by country one each. */
function countedConditions(filter: AttemptFilter, parameter: Parameter): string[] {
  const { target, outcome, channel, depthMin, selfTest, class: classId, country } = filter;
  const together = [
    ...equal('target', target, parameter),
    ...equal('outcome', outcome, parameter),
    ...equal('channel', channel, parameter),
    ...equal('self_test', selfTest, parameter),
    ...(depthMin === undefined ? [] : [`depth >= ${parameter(depthMin)}`]),
  ];
  return [
    ...(together.length > 0 ? [daysIn('rollup_day', together)] : []),
    ...(classId === undefined ? [] : [daysIn('rollup_class_day', equal('class_id', classId, parameter))]),
    ...(country === undefined ? [] : [daysIn('rollup_country_day', equal('country', country, parameter))]),
  ];
}

function equal(column: string, value: unknown, parameter: Parameter): string[] {
  return value === undefined ? [] : [`${column} = ${parameter(value)}`];
}

/** An attempt that was named just before midnight may have begun after it, and the roll-ups go by its beginning. */
function daysIn(table: string, conditions: readonly string[]): string {
  return `day_us in (select day_us + step from ${table}, (values (-${DAY_US}), (0), (${DAY_US})) neighbour (step)
    where attempts > 0 and ${conditions.join(' and ')})`;
}
