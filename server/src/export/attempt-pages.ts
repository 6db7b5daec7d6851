import { type AttemptDay, candidateDays, ofDays } from './attempt-days.ts';
import { type AttemptFilter, conditionsOf, labelConditionsOf } from './attempt-filter.ts';
import { type PublicAttempt, project } from './project.ts';
import { FIRST_WINDOW, type SeqWindow, seqWindows } from './seq-windows.ts';

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
  /** Rows that the first window spans, if not the usual number. */
  readonly firstWindow?: number;
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
  return (await attemptRows<StoredAttempt>(database, COLUMNS, request)).map(publicAttempt);
}

/**
 * Some columns of one page of rows. Only the days that can hold what is asked for are looked into, window by window, so that a page
 * costs the same however long the log is. The columns must name `seq`.
 */
export async function attemptRows<T extends object>(
  database: Queryable,
  columns: string,
  request: PageRequest,
): Promise<T[]> {
  const { filter, order, limit, snapshot, firstWindow } = request;
  const { after, before = Number.MAX_SAFE_INTEGER } = filter;
  const days = await candidateDays(database, filter, snapshot);
  const found: T[] = [];
  // Each number was given with a change, and there are changes without: a row of the snapshot has no higher number than it.
  const bounds = { after, before: snapshot === null ? before : Math.min(before, snapshot + 1) };
  for (const window of seqWindows(days, order, bounds, firstWindow ?? firstSpan(filter, days))) {
    const { sql, values } = pageStatement({ ...request, columns, limit: limit - found.length, window });
    found.push(...(await database.query<T>(sql, values)));
    if (found.length >= limit) break;
  }
  return found;
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
  const record = isRecord(stored.record) ? stored.record : {};
  return project({ ...record, seq, revision, change, leafHash, erased: record.erased === true });
}

export interface WindowRequest extends PageRequest {
  readonly columns: string;
  readonly window: SeqWindow;
}

/**
 * The statement of one window of a page. At a snapshot there are two sorts of row: those still current, and those superseded since;
 * each has its own partial indexes, which one condition with "or" would use none of.
 *
 * Given `order by seq limit …`, PostgreSQL walks along until it has enough rows, which is best where they are many. Where they turned
 * out to be few, it would walk through all there are: so there it is asked for their labels, and not told the order before it has them.
 */
export function pageStatement(request: WindowRequest): { sql: string; values: unknown[] } {
  const { filter, order, limit, snapshot, columns, window } = request;
  const { after: _, before: _before, ...rest } = filter;
  const conditions = window.isFirst ? conditionsOf(rest) : labelConditionsOf(rest);
  const values = [...conditions.values];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const where = [
    ...(conditions.sql === '' ? [] : [conditions.sql]),
    `seq >= ${parameter(window.first)}`,
    `seq <= ${parameter(window.last)}`,
    ofDays(window.days, values),
  ].join(' and ');
  const tail = `order by ${window.isFirst || isOfMost(rest) ? 'seq' : 'seq + 0'} ${order} limit ${limit}`;
  const current = 'superseded_change is null';
  if (snapshot === null) {
    return { sql: `select ${columns} from attempt where ${current} and ${where} ${tail}`, values };
  }
  const at = parameter(snapshot);
  const branch = (which: string) =>
    `(select ${columns} from attempt where ${which} and change <= ${at} and ${where} ${tail})`;
  const superseded = `superseded_change is not null and superseded_change > ${at}`;
  return {
    sql: `select * from (${branch(current)} union all ${branch(superseded)}) page order by seq ${order} limit ${limit}`,
    values,
  };
}

/** Rows that the first window of a page with a time in it may span: the time cuts a day in two, and the half that is not asked for is first. */
export const TIMED_WINDOW_MAX = 16_000;

function firstSpan({ from, to }: AttemptFilter, days: readonly AttemptDay[]): number {
  if (from === undefined && to === undefined) return FIRST_WINDOW;
  const longest = Math.max(0, ...days.map(({ firstSeq, lastSeq }) => lastSeq - firstSeq));
  return Math.min(TIMED_WINDOW_MAX, FIRST_WINDOW + longest);
}

/** True if nothing but a time is asked for, and perhaps that it be no self-test: then there are few that do not match. */
function isOfMost({ from: _, to: _to, selfTest, ...rest }: AttemptFilter): boolean {
  return selfTest !== true && Object.values(rest).every(value => value === undefined);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
