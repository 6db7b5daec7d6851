import type { Queryable } from '../../export/attempt-pages.ts';
import type { First } from '../snapshot.ts';
import { timeOf } from '../time.ts';

/** Something that was seen for the first time ever, with the change that told of it. */
export interface FirstAt {
  readonly change: number;
  readonly first: First;
}

interface FirstRow {
  change: number;
  kind: First['kind'];
  value: string;
  attempt_id: string;
  started_us: number;
}

/** What an attempt shows in its newest revision. */
interface ShownRow {
  id: string;
  ja4: string | null;
  classes: string[];
  depth: number;
  country: string;
}

/**
 * The newest of what was first told of after a change and up to another, newest first. What a newer revision took back, or an attempt
 * that is not kept any more, is left out.
 */
export async function readFirsts(database: Queryable, after: number, upTo: number, limit: number): Promise<FirstAt[]> {
  const rows = await database.query<FirstRow>(
    `select change, kind, value, attempt_id, started_us from first_seen where change > $1 and change <= $2
     order by change desc, kind, value limit $3`,
    [after, upTo, limit],
  );
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map(({ attempt_id }) => attempt_id))];
  const attempts = await database.query<ShownRow>(
    'select id, ja4, classes, depth, country from attempt where id = any($1::uuid[]) and superseded_change is null',
    [ids],
  );
  const shown = new Map(attempts.map(attempt => [attempt.id, attempt]));
  return rows
    .filter(({ kind, value, attempt_id }) => isShown(kind, value, shown.get(attempt_id)))
    .map(({ change, kind, value, attempt_id, started_us }) => ({
      change,
      first: { at: timeOf(started_us), kind, value, attemptId: attempt_id },
    }));
}

function isShown(kind: First['kind'], value: string, attempt: ShownRow | undefined): boolean {
  if (!attempt) return false;
  const { ja4, classes, depth, country } = attempt;
  return {
    fingerprint: ja4 === value,
    class: classes.includes(value),
    depth: String(depth) === value,
    country: country === value,
  }[kind];
}
