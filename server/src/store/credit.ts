import type { Pool } from 'pg';
import type { AttemptId, Micros } from '../wire/ids.ts';

/** Sets the name that stands on an attempt's page. */
export async function putCredit(
  pool: Pick<Pool, 'query'>,
  id: AttemptId,
  { name, setUs }: { name: string; setUs: Micros },
): Promise<void> {
  await pool.query(
    `insert into attempt_credit (id, name, set_us) values ($1, $2, $3)
     on conflict (id) do update set name = excluded.name, set_us = excluded.set_us`,
    [id, name, setUs],
  );
}

/** Takes it away. May be repeated. */
export async function dropCredit(pool: Pick<Pool, 'query'>, id: AttemptId): Promise<void> {
  await pool.query('delete from attempt_credit where id = $1', [id]);
}
