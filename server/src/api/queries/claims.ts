import { idBounds } from '../../export/attempt-filter.ts';
import { publicAttempt, type Queryable, type StoredAttempt } from '../../export/attempt-pages.ts';
import type { PublicAttempt } from '../../export/project.ts';
import type { AttemptRecord } from '../../wire/record.ts';

const HOUR_US = 3_600_000_000;

/** The texts that the sender of an attempt chose, and what was decided of them. Unfiltered. */
export interface StoredTexts {
  certificate: Pick<AttemptRecord['certificate'], 'subject' | 'issuer' | 'san'>;
  sni: string | null;
  erased: boolean;
  /** An organiser took them off the pages. */
  hidden: boolean;
  credit: string | null;
}

/** Null where there is no such attempt. */
export async function readTexts(database: Queryable, id: string): Promise<StoredTexts | null> {
  const rows = await database.query<StoredTexts>(
    `select a.record -> 'certificate' as certificate, a.record #>> '{hello,sni}' as sni,
       coalesce((a.record -> 'erased')::boolean, false) as erased, m.id is not null as hidden, c.name as credit
     from attempt a left join moderation m using (id) left join attempt_credit c using (id)
     where a.id = $1 and a.superseded_change is null`,
    [id],
  );
  return rows[0] ?? null;
}

/** The newest attempts of a source that began in a span of time (microseconds), newest first; self-tests are nobody's. */
export async function readSourceRows(
  database: Queryable,
  srcToken: string,
  { fromUs, toUs, limit }: { fromUs: number; toUs: number; limit: number },
): Promise<PublicAttempt[]> {
  const rows = await database.query<StoredAttempt>(
    `select seq, revision, change, leaf_hash, record from attempt
     where superseded_change is null and src_token = $1 and id >= $2 and id < $3 and not self_test order by seq desc limit $4`,
    [srcToken, ...idBounds(fromUs, toUs), limit],
  );
  return rows.map(publicAttempt);
}

/** Connections of a source since a time (microseconds): those that became attempts, and those over the rate. */
export async function countSource(
  database: Queryable,
  srcToken: string,
  sinceUs: number,
): Promise<{ attempts: number; refused: number }> {
  const [from, to] = idBounds(sinceUs, sinceUs + HOUR_US);
  const [row] = await database.query<{ attempts: number; refused: number }>(
    `select
       (select count(*) from attempt
        where superseded_change is null and src_token = $1 and started_us >= $2 and id >= $3 and id < $4 and not self_test) as attempts,
       (select coalesce(sum(attempts), 0)::bigint from refusal where src_token = $1 and minute_us >= $2) as refused`,
    [srcToken, sinceUs, from, to],
  );
  return row ?? { attempts: 0, refused: 0 };
}
