import type { ClientBase } from 'pg';
import type { Micros } from '../wire/ids.ts';
import type { AttemptRecord } from '../wire/record.ts';
import type { RefusalCount } from './publication.ts';
import { Tally } from './tally.ts';

export const MINUTE_US = 60_000_000;
export const HOUR_US = 3_600_000_000;
export const DAY_US = 86_400_000_000;

/** Stands for "none" among the classes of an attempt, so that those without one are counted too. */
export const NO_CLASS = '';

/** The start of the step that a time lies in; steps begin at multiples of their length since the epoch. */
export function stepStart(us: Micros, stepUs: number): Micros {
  return Math.floor(us / stepUs) * stepUs;
}

type StepKey = readonly [
  minuteUs: Micros,
  target: string,
  channel: string,
  outcome: string,
  depth: number,
  selfTest: boolean,
];
type DayKey = readonly [dayUs: Micros, target: string, label: string, selfTest: boolean];

/**
 * What a batch changes in the counts: by minute, hour and day with target, channel, outcome, depth and self-test; by day with the
 * class, and with the country. Counts are of the newest revisions. Pure until they are written.
 */
export class RollupChanges {
  readonly #steps = new Tally<StepKey>();
  readonly #classes = new Tally<DayKey>();
  readonly #countries = new Tally<DayKey>();

  /** A revision takes the place of `before`, or a new attempt comes. */
  replace(before: AttemptRecord | null, after: AttemptRecord): void {
    if (before) this.#add(before, -1);
    this.#add(after, 1);
  }

  async write(client: ClientBase): Promise<void> {
    await writeSteps(client, this.#steps);
    await writeDays(client, 'class', this.#classes);
    await writeDays(client, 'country', this.#countries);
  }

  #add({ startedUs, target, channel, source, result }: AttemptRecord, count: number): void {
    const { outcome, depth, selfTest } = result;
    this.#steps.add([stepStart(startedUs, MINUTE_US), target, channel, outcome, depth, selfTest], count);
    const dayUs = stepStart(startedUs, DAY_US);
    const classes = new Set(result.classes.map(({ id }) => id));
    for (const id of classes.size > 0 ? classes : [NO_CLASS]) this.#classes.add([dayUs, target, id, selfTest], count);
    this.#countries.add([dayUs, target, source.country, selfTest], count);
  }
}

const KEYS = 'target, channel, outcome, depth, self_test';
/** Hours and days follow from the minutes that changed. */
const WRITE_STEPS = `
  with change as materialized (
    select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::boolean[], $7::bigint[])
    as c (minute_us, ${KEYS}, attempts)),
  minute as (
    insert into rollup_minute as r select * from change
    on conflict (minute_us, ${KEYS}) do update set attempts = r.attempts + excluded.attempts),
  hour as (
    insert into rollup_hour as r
    select minute_us - minute_us % ${HOUR_US}, ${KEYS}, sum(attempts) from change group by 1, ${KEYS} having sum(attempts) <> 0
    on conflict (hour_us, ${KEYS}) do update set attempts = r.attempts + excluded.attempts)
  insert into rollup_day as r
  select minute_us - minute_us % ${DAY_US}, ${KEYS}, sum(attempts) from change group by 1, ${KEYS} having sum(attempts) <> 0
  on conflict (day_us, ${KEYS}) do update set attempts = r.attempts + excluded.attempts`;

async function writeSteps(client: ClientBase, tally: Tally<StepKey>): Promise<void> {
  const entries = tally.entries();
  if (entries.length === 0) return;
  await client.query({
    name: 'write-rollup-steps',
    text: WRITE_STEPS,
    values: [
      entries.map(({ key }) => key[0]),
      entries.map(({ key }) => key[1]),
      entries.map(({ key }) => key[2]),
      entries.map(({ key }) => key[3]),
      entries.map(({ key }) => key[4]),
      entries.map(({ key }) => key[5]),
      entries.map(({ count }) => count),
    ],
  });
}

const DAY_TABLES = {
  class: { table: 'rollup_class_day', label: 'class_id' },
  country: { table: 'rollup_country_day', label: 'country' },
} as const;

async function writeDays(client: ClientBase, by: keyof typeof DAY_TABLES, tally: Tally<DayKey>): Promise<void> {
  const entries = tally.entries();
  if (entries.length === 0) return;
  const { table, label } = DAY_TABLES[by];
  await client.query({
    name: `write-rollup-${by}`,
    text: `
      insert into ${table} as r (day_us, target, ${label}, self_test, attempts)
      select * from unnest($1::bigint[], $2::text[], $3::text[], $4::boolean[], $5::bigint[])
      on conflict (day_us, target, ${label}, self_test) do update set attempts = r.attempts + excluded.attempts`,
    values: [
      entries.map(({ key }) => key[0]),
      entries.map(({ key }) => key[1]),
      entries.map(({ key }) => key[2]),
      entries.map(({ key }) => key[3]),
      entries.map(({ count }) => count),
    ],
  });
}

type RefusalKey = readonly [stepUs: number, startUs: Micros, target: string, channel: string];

/** Adds refusals to their counts by minute, hour and day. */
export async function addRefusalRollups(client: ClientBase, refusals: readonly RefusalCount[]): Promise<void> {
  const tally = new Tally<RefusalKey>();
  for (const { minuteUs, target, channel, attempts } of refusals) {
    for (const stepUs of [MINUTE_US, HOUR_US, DAY_US]) {
      tally.add([stepUs, stepStart(minuteUs, stepUs), target, channel], attempts);
    }
  }
  const entries = tally.entries();
  if (entries.length === 0) return;
  await client.query({
    name: 'write-rollup-refusals',
    text: `
      insert into rollup_refusal as r (step_us, start_us, target, channel, attempts)
      select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[])
      on conflict (step_us, start_us, target, channel) do update set attempts = r.attempts + excluded.attempts`,
    values: [
      entries.map(({ key }) => key[0]),
      entries.map(({ key }) => key[1]),
      entries.map(({ key }) => key[2]),
      entries.map(({ key }) => key[3]),
      entries.map(({ count }) => count),
    ],
  });
}
