import { ofDays } from '../../export/attempt-days.ts';
import { attemptRows, type Queryable } from '../../export/attempt-pages.ts';
import type { ListedAttempt } from '../snapshot.ts';
import { timeOf } from '../time.ts';

const NEWEST_ROWS = 50;

interface ListedRow {
  id: string;
  seq: number;
  change: number;
  started_us: number;
  target: string;
  channel: string;
  depth: number;
  outcome: string;
  inferred: boolean;
  primary_class: string | null;
  country: string;
  src_token: string;
  ja4: string | null;
  bytes_in: number;
  self_test: boolean;
  alert: number | null;
}

const COLUMNS = `id, seq, change, started_us, target, channel, depth, outcome, inferred, primary_class, country, src_token, ja4,
  bytes_in, self_test, (record #>> '{result,alertsSent,-1}')::int as alert`;

/** The newest attempts, newest first. */
export async function readNewest(database: Queryable): Promise<ListedAttempt[]> {
  const newest = { filter: {}, order: 'desc', limit: NEWEST_ROWS, snapshot: null } as const;
  return (await attemptRows<ListedRow>(database, COLUMNS, newest)).map(toListed);
}

/** What was published after one `change` and up to another, in that order. If that is too many: the deepest, then the newest. */
export async function readChanges(
  database: Queryable,
  after: number,
  upTo: number,
  limit: number,
): Promise<ListedAttempt[]> {
  const days = await database.query<{ dayUs: number }>(
    'select day_us as "dayUs" from attempt_day where last_change > $1',
    [after],
  );
  if (days.length === 0) return [];
  const values: unknown[] = [after, upTo, limit];
  const rows = await database.query<ListedRow>(
    `select ${COLUMNS} from attempt where change > $1 and change <= $2 and ${ofDays(days, values)}
     order by depth desc, change desc limit $3`,
    values,
  );
  return rows.map(toListed).sort((a, b) => a.change - b.change);
}

function toListed(row: ListedRow): ListedAttempt {
  return {
    id: row.id,
    seq: row.seq,
    change: row.change,
    startedAt: timeOf(row.started_us),
    target: row.target,
    channel: row.channel,
    depth: row.depth,
    outcome: row.outcome,
    inferred: row.inferred,
    primaryClass: row.primary_class,
    country: row.country,
    srcToken: row.src_token,
    ja4: row.ja4,
    bytesIn: row.bytes_in,
    selfTest: row.self_test,
    alert: row.alert,
  };
}
