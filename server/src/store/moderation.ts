import type { Pool } from 'pg';
import type { AttemptId, Micros } from '../wire/ids.ts';

/** Takes the texts and the credit of an attempt off the pages. Its public record stays. May be repeated. */
export async function hideTexts(pool: Pick<Pool, 'query'>, id: AttemptId, hiddenUs: Micros): Promise<void> {
  await pool.query('insert into moderation (id, hidden_us) values ($1, $2) on conflict (id) do nothing', [
    id,
    hiddenUs,
  ]);
}

/** Shows them again. */
export async function showTexts(pool: Pick<Pool, 'query'>, id: AttemptId): Promise<void> {
  await pool.query('delete from moderation where id = $1', [id]);
}
