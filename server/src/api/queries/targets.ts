import type { Settings } from '../../config.ts';
import type { Queryable } from '../../export/attempt-pages.ts';
import type { GuestLimits, PublishedCredentials } from '../../wire/facts.ts';

/** A target with its current boot, its last finished self-test and its first release, as one row. */
export interface TargetRow {
  name: string;
  prize: boolean;
  state: string;
  boot_id: string | null;
  address: string | null;
  descriptor: string | null;
  internal_key: string | null;
  output_key: string | null;
  network: string | null;
  limits: GuestLimits | null;
  publishes_credentials: boolean;
  started_us: number | null;
  ready_us: number | null;
  image_sha256: string | null;
  accelerator: string | null;
  authority: string | null;
  ca_der: Uint8Array | null;
  server_der: Uint8Array | null;
  client_der: Uint8Array | null;
  keys: { role: string; xOnly: string }[] | null;
  boots: number;
  first_us: number | null;
  test_us: number | null;
  test_passed: boolean | null;
  released_id: string | null;
  released_us: number | null;
}

/**
 * All targets, the prize first. A release counts from its alarm on, which comes before its row. The attempts themselves are asked only
 * where the counts of days say that there is one: planning a look at every day's attempts takes longer than all the rest.
 */
export async function readTargets(database: Queryable): Promise<TargetRow[]> {
  const rows = await database.query<TargetRow & { is_won: boolean }>(`
    select t.name, t.prize, t.state, t.boot_id, t.address, t.descriptor, t.internal_key, t.output_key, t.network, t.limits,
      t.credentials is not null as publishes_credentials,
      b.started_us, b.ready_us, b.image_sha256, b.accelerator, b.authority, b.ca_der, b.server_der, b.client_der, b.keys,
      history.boots, history.first_us, test.started_us as test_us, test.passed as test_passed,
      alarm.attempt_id as released_id, alarm.raised_us as released_us,
      t.prize and exists (
        select from rollup_day where target = t.name and outcome = 'released' and attempts > 0) as is_won
    from target t
    left join boot b on b.id = t.boot_id
    left join lateral (select count(*)::int as boots, min(started_us) as first_us from boot where target = t.name) history on true
    left join lateral (select started_us, passed from self_test where target = t.name and passed is not null
      order by started_us desc limit 1) test on true
    left join lateral (select attempt_id, raised_us from alarm where target = t.name and kind = 'released'
      order by id limit 1) alarm on t.prize
    order by t.prize desc, t.name`);
  return Promise.all(rows.map(async ({ is_won, ...row }) => (is_won ? withRelease(database, row) : row)));
}

async function withRelease(database: Queryable, row: TargetRow): Promise<TargetRow> {
  const [release] = await database.query<Pick<TargetRow, 'released_id' | 'released_us'>>(
    `select id as released_id, started_us as released_us from attempt
     where target = $1 and outcome = 'released' and superseded_change is null order by seq limit 1`,
    [row.name],
  );
  return { ...row, ...release };
}

/** The published credentials of a target. Undefined: no such target; null: it publishes none. */
export async function readCredentials(
  database: Queryable,
  target: string,
): Promise<PublishedCredentials | null | undefined> {
  const [row] = await database.query<{ credentials: PublishedCredentials | null }>(
    'select credentials from target where name = $1',
    [target],
  );
  return row?.credentials;
}

/** The three ports of a target, which follow each other. Zeros for a target that this configuration does not name. */
export function portsOf(settings: Settings, target: string): { server: number; callback: number; client: number } {
  const first = { prize: settings.PINATA_PRIZE_PORT, practice: settings.PINATA_PRACTICE_PORT }[target];
  return first === undefined
    ? { server: 0, callback: 0, client: 0 }
    : { server: first, callback: first + 1, client: first + 2 };
}
