import type { Queryable } from '../../export/attempt-pages.ts';

/** What the public learns of the organisers' doings: how many bans hold, and where their log stands. */
export interface OrganisersRow {
  readonly active_bans: number;
  readonly entries: number;
  readonly sha256: string | null;
}

export async function readOrganisers(database: Queryable): Promise<OrganisersRow> {
  const [row] = await database.query<OrganisersRow>(
    `select (select active from ban_count) as active_bans,
       coalesce((select entries from audit_head), 0) as entries, (select sha256 from audit_head) as sha256`,
  );
  return row ?? { active_bans: 0, entries: 0, sha256: null };
}
