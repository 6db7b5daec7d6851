import { type AttemptFilter, conditionsOf } from './attempt-filter.ts';
import { type PublicAttempt, project } from './project.ts';

/** Runs one parametrised statement and gives its rows. bigint columns arrive as numbers. */
export interface Queryable {
  query<T extends object>(text: string, values?: readonly unknown[]): Promise<T[]>;
}

export type Order = 'asc' | 'desc';

export interface PageRequest {
  readonly filter: AttemptFilter;
  /** By `seq`. */
  readonly order: Order;
  readonly limit: number;
  /** The `change` at which the log is looked at; null: as it is now. */
  readonly snapshot: number | null;
}

/** The columns of a row that its public form is made from. */
export interface StoredAttempt {
  seq: number;
  revision: number;
  change: number;
  leaf_hash: string;
  record: unknown;
}

const COLUMNS = 'seq, revision, change, leaf_hash, record';

/** One page of public records, keyset by `seq`. */
export async function attemptPage(database: Queryable, request: PageRequest): Promise<PublicAttempt[]> {
  const { sql, values } = pageStatement(request);
  return (await database.query<StoredAttempt>(sql, values)).map(publicAttempt);
}

/** Every matching attempt, page by page; nothing is fetched before it is asked for. At most `limit` in all, if given. */
export async function* attemptPages(
  database: Queryable,
  request: Omit<PageRequest, 'limit'>,
  pageRows: number,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<PublicAttempt[], void, void> {
  let { filter } = request;
  for (let left = limit; left > 0; ) {
    const wanted = Math.min(pageRows, left);
    const page = await attemptPage(database, { ...request, filter, limit: wanted });
    if (page.length > 0) yield page;
    if (page.length < wanted) return;
    left -= page.length;
    filter = continueAfter(filter, request.order, seqOf(page.at(-1)));
  }
}

/** The filter of the page that follows the row with this `seq`. */
export function continueAfter(filter: AttemptFilter, order: Order, seq: number): AttemptFilter {
  return order === 'asc' ? { ...filter, after: seq } : { ...filter, before: seq };
}

/** The `seq` of a public record. */
export function seqOf(attempt: PublicAttempt | undefined): number {
  return Number(attempt?.seq);
}

/** The columns are the authority for what the writer counts; the record for everything else. */
export function publicAttempt(stored: StoredAttempt): PublicAttempt {
  const { seq, revision, change, leaf_hash: leafHash } = stored;
  return project({ ...(isRecord(stored.record) ? stored.record : {}), seq, revision, change, leafHash });
}

/**
 * The statement of a page. At a snapshot there are two sorts of row: those still current, and those superseded since; each has
 * its own partial index on `seq`, which one condition with "or" would use neither of.
 */
export function pageStatement({ filter, order, limit, snapshot }: PageRequest): { sql: string; values: unknown[] } {
  const { sql: conditions, values } = conditionsOf(filter);
  const and = conditions === '' ? '' : `and ${conditions}`;
  const tail = `order by seq ${order} limit ${limit}`;
  const current = 'superseded_change is null';
  if (snapshot === null) {
    return { sql: `select ${COLUMNS} from attempt where ${current} ${and} ${tail}`, values: [...values] };
  }
  const at = `$${values.length + 1}`;
  const branch = (which: string) =>
    `(select ${COLUMNS} from attempt where ${which} and change <= ${at} ${and} ${tail})`;
  const superseded = `superseded_change is not null and superseded_change > ${at}`;
  return {
    sql: `select * from (${branch(current)} union all ${branch(superseded)}) page ${tail}`,
    values: [...values, snapshot],
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
