import type { ClientBase } from 'pg';

const STEP_KEYS = 'target, channel, outcome, depth, self_test';

/** What each roll-up of attempts must hold, counted from the newest revisions alone. */
export const ROLLUPS: Readonly<Record<string, string>> = {
  rollup_minute: steps(60),
  rollup_hour: steps(3600),
  rollup_day: steps(86_400),
  rollup_class_day: `
    select (started_us / 86400000000) * 86400000000, target, class_id, self_test, count(*)
    from attempt cross join lateral (
      select distinct unnest(classes) union all select '' where cardinality(classes) = 0) class (class_id)
    where superseded_change is null group by 1, 2, 3, 4`,
  rollup_country_day: `
    select (started_us / 86400000000) * 86400000000, target, country, self_test, count(*)
    from attempt where superseded_change is null group by 1, 2, 3, 4`,
};

const DAY_OF_ID = `('x0000' || replace(left(id::text, 13), '-', ''))::bit(64)::bigint / 86400000 * 86400000000`;

/** What is noted of each day must be, from all revisions. */
export const DAYS: Readonly<Record<string, string>> = {
  attempt_day: `select ${DAY_OF_ID}, min(seq), max(seq), max(change) from attempt group by 1`,
  attempt_value_day: `
    select distinct kind, value, ${DAY_OF_ID} from attempt cross join lateral (
      values ('ja4', ja4), ('spki', spki), ('boot', boot_id::text), ('claim', claim_tag)) seen (kind, value)
    where value is not null`,
};

/** Fills the empty roll-ups, and what is known of each day, from the rows. */
export async function rebuildRollups(client: ClientBase): Promise<void> {
  for (const [table, select] of Object.entries({ ...ROLLUPS, ...DAYS })) {
    await client.query(`insert into ${table} ${select}`);
  }
}

function steps(seconds: number): string {
  const us = seconds * 1_000_000;
  return `
    select (started_us / ${us}) * ${us}, ${STEP_KEYS}, count(*)
    from attempt where superseded_change is null group by 1, ${STEP_KEYS}`;
}
