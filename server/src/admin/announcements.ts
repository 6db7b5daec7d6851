import type { Pool } from 'pg';
import type { Micros } from '../wire/ids.ts';

export const ANNOUNCEMENT_MAX_CHARACTERS = 500;

/** What organisers say, as it is stored. */
export interface StoredAnnouncement {
  readonly id: number;
  readonly atUs: Micros;
  readonly untilUs: Micros | null;
  readonly text: string;
}

type Database = Pick<Pool, 'query'>;

/** Gives its number. */
export async function putAnnouncement(
  pool: Database,
  { atUs, untilUs, text }: Omit<StoredAnnouncement, 'id'>,
): Promise<number> {
  const { rows } = await pool.query<{ id: string }>(
    'insert into announcement (at_us, until_us, text) values ($1, $2, $3) returning id',
    [atUs, untilUs, text],
  );
  return Number(rows[0]?.id);
}

/** Takes one off the pages. False where none of this number is shown. */
export async function withdrawAnnouncement(pool: Database, id: number, nowUs: Micros): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update announcement set withdrawn_us = $2
     where id = $1 and withdrawn_us is null and coalesce(until_us > $2, true)`,
    [id, nowUs],
  );
  return Boolean(rowCount);
}

/** Those that are shown now, the newest first. */
export async function readShownAnnouncements(pool: Database, nowUs: Micros): Promise<StoredAnnouncement[]> {
  const { rows } = await pool.query<{ id: string; atUs: string; untilUs: string | null; text: string }>(
    `select id, at_us as "atUs", until_us as "untilUs", text from announcement
     where withdrawn_us is null and coalesce(until_us > $1, true) order by id desc`,
    [nowUs],
  );
  return rows.map(({ id, atUs, untilUs, text }) => ({
    id: Number(id),
    atUs: Number(atUs),
    untilUs: untilUs === null ? null : Number(untilUs),
    text,
  }));
}
