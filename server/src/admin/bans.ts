import type { Pool } from 'pg';
import type { Ban } from '../wire/bans.ts';
import type { Micros } from '../wire/ids.ts';

/** A ban as operators see it. */
export interface StoredBan extends Ban {
  readonly id: string;
  readonly madeUs: Micros;
}

type Database = Pick<Pool, 'query'>;

/** Bans a network, or moves the end of its ban. Gives the ban's id. */
export async function putBan(pool: Database, ban: StoredBan): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into ban (id, network, made_us, until_us) values ($1, $2, $3, $4)
     on conflict (network) do update set until_us = excluded.until_us returning id`,
    [ban.id, ban.network, ban.madeUs, ban.untilUs],
  );
  return rows[0]?.id ?? ban.id;
}

/** Lifts the ban of exactly this network. Gives its id, or null where there was none. */
export async function liftBan(pool: Database, network: string): Promise<string | null> {
  const { rows } = await pool.query<{ id: string }>('delete from ban where network = $1 returning id', [network]);
  return rows[0]?.id ?? null;
}

/** Deletes those that have ended. True if there were any. */
export async function sweepBans(pool: Database, nowUs: Micros): Promise<boolean> {
  const { rowCount } = await pool.query('delete from ban where until_us <= $1', [nowUs]);
  return Boolean(rowCount);
}

/** Those that hold, the newest first. */
export async function readBans(pool: Database, nowUs: Micros): Promise<StoredBan[]> {
  const { rows } = await pool.query<{ id: string; network: string; madeUs: string; untilUs: string }>(
    `select id, network::text, made_us as "madeUs", until_us as "untilUs" from ban where until_us > $1 order by made_us desc`,
    [nowUs],
  );
  return rows.map(row => ({ ...row, madeUs: Number(row.madeUs), untilUs: Number(row.untilUs) }));
}
