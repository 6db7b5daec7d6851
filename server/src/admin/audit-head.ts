import type { Pool } from 'pg';
import { type AuditHead, EMPTY_HEAD } from './audit-chain.ts';

/** Publishes where the log stands. */
export async function publishHead(pool: Pick<Pool, 'query'>, { entries, sha256 }: AuditHead): Promise<void> {
  await pool.query(
    `insert into audit_head (entries, sha256) values ($1, $2)
     on conflict ("only") do update set entries = excluded.entries, sha256 = excluded.sha256`,
    [entries, sha256],
  );
}

/** What was published last. */
export async function readHead(pool: Pick<Pool, 'query'>): Promise<AuditHead> {
  const { rows } = await pool.query<{ entries: string; sha256: string }>('select entries, sha256 from audit_head');
  const [row] = rows;
  return row ? { entries: Number(row.entries), sha256: row.sha256 } : EMPTY_HEAD;
}
