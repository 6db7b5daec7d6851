import type { ClientBase, Pool } from 'pg';
import { deleteEvidence } from './evidence.ts';
import { inTransaction } from './transaction.ts';

const DAY_MS = 86_400_000;
/** Days that are made ahead: so long may nobody look after them before rows go to the default partition. */
export const DAYS_AHEAD = 7;
/** A lock on the whole log is waited for no longer, since all readers wait behind it; the next round tries again. */
const LOCK_TIMEOUT = '1s';
/** PostgreSQL's code for a lock that did not come in time. */
const LOCK_NOT_AVAILABLE = '55P03';
const DEFAULT = 'attempt_default';

/** One day of attempts: UUIDv7 ids from `from` up to and without `to`. */
export interface DayPartition {
  name: string;
  from: string;
  to: string;
}

/** The partition of the UTC day that `unixMs` lies in. */
export function dayPartition(unixMs: number): DayPartition {
  const start = Math.floor(unixMs / DAY_MS) * DAY_MS;
  const day = new Date(start).toISOString().slice(0, 10).replaceAll('-', '');
  return { name: `attempt_${day}`, from: lowestUuid(start), to: lowestUuid(start + DAY_MS) };
}

/** A UUIDv7's first 48 bits are its milliseconds (RFC 9562 §5.7); all zeros after them sort before every id of that time. */
function lowestUuid(unixMs: number): string {
  const hex = unixMs.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** Makes the partitions of today and some days ahead where they are missing, and returns the names it made. */
export async function ensurePartitions(client: ClientBase, nowMs: number, ahead = 1): Promise<string[]> {
  const made: string[] = [];
  for (let day = 0; day <= ahead; day++) {
    const partition = dayPartition(nowMs + day * DAY_MS);
    if (!(await exists(client, partition)) && (await isFree(client, partition))) {
      await client.query(
        `create table if not exists ${partition.name} partition of attempt
         for values from ('${partition.from}') to ('${partition.to}')`,
      );
      made.push(partition.name);
    }
  }
  return made;
}

/** What a round of the job came to: names of partitions. */
export interface PartitionsKept {
  made: string[];
  /** Made of rows that had gone to the default partition. */
  moved: string[];
  dropped: string[];
  /** The log was in use: what is left to do is left to the next round. */
  busy: boolean;
}

/**
 * The partitions' job, for the owner of the tables: makes days ahead, gives rows of the default partition a day of their own, and
 * drops whole days that ended more than `keepDays` before `nowMs` (0: none ever). Counts stay when rows go. May be repeated.
 */
export async function keepPartitions(pool: Pool, nowMs: number, keepDays: number): Promise<PartitionsKept> {
  const kept: PartitionsKept = { made: [], moved: [], dropped: [], busy: false };
  const unlessBusy = async (work: (client: ClientBase) => Promise<void>) => {
    try {
      await inTransaction(pool, async client => {
        await client.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
        await work(client);
      });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE)) throw error;
      kept.busy = true;
    }
  };
  for (const day of await strayDays(pool)) {
    await unlessBusy(async client => {
      kept.moved.push(...(await moveDay(client, day)));
    });
  }
  await unlessBusy(async client => {
    kept.made.push(...(await ensurePartitions(client, nowMs, DAYS_AHEAD)));
  });
  for (const day of keepDays > 0 ? await daysBefore(pool, nowMs - keepDays * DAY_MS) : []) {
    // Before the rows: a day that is gone is not come back to.
    await deleteEvidence(pool, dayPartition(day));
    await unlessBusy(async client => {
      await dropDay(client, day);
      kept.dropped.push(dayPartition(day).name);
    });
  }
  return kept;
}

/** Days, in milliseconds, whose rows are in the default partition. */
async function strayDays(pool: Pool): Promise<number[]> {
  const { rows } = await pool.query<{ day: string }>(
    `select distinct ('x0000' || replace(left(id::text, 13), '-', ''))::bit(64)::bigint / ${DAY_MS} as day from ${DEFAULT} order by 1`,
  );
  return rows.map(({ day }) => Number(day) * DAY_MS);
}

/** Nothing is inserted meanwhile: the default partition is locked. */
async function moveDay(client: ClientBase, day: number): Promise<string[]> {
  const partition = dayPartition(day);
  if (await exists(client, partition)) return [];
  const { name, from, to } = partition;
  await client.query(
    `lock table attempt in share update exclusive mode; lock table ${DEFAULT} in access exclusive mode`,
  );
  await client.query(`create table ${name} (like attempt including defaults)`);
  await client.query(
    `with stray as (delete from ${DEFAULT} where id >= '${from}' and id < '${to}' returning *)
     insert into ${name} select * from stray`,
  );
  await client.query(`alter table attempt attach partition ${name} for values from ('${from}') to ('${to}')`);
  return [name];
}

/** Days with a partition of their own that ended at or before a time, oldest first. */
async function daysBefore(pool: Pool, unixMs: number): Promise<number[]> {
  const { rows } = await pool.query<{ day: string }>(
    `select substring(relname from '^attempt_(\\d{8})$') as day from pg_inherits join pg_class on pg_class.oid = inhrelid
     where inhparent = 'attempt'::regclass and relname ~ '^attempt_\\d{8}$' order by 1`,
  );
  const starts = rows.map(({ day }) => Date.parse(day.replace(/(....)(..)(..)/, '$1-$2-$3')));
  return starts.filter(start => start + DAY_MS <= unixMs);
}

/** Detached first: what reads the log waits for that alone, not for the files to go. */
async function dropDay(client: ClientBase, day: number): Promise<void> {
  const { name } = dayPartition(day);
  await client.query(`alter table attempt detach partition ${name}`);
  await client.query(`drop table ${name}`);
  for (const table of ['attempt_day', 'attempt_value_day']) {
    await client.query(`delete from ${table} where day_us = $1`, [day * 1000]);
  }
}

async function exists(client: ClientBase, { name }: DayPartition): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_class where relname = $1', [name]);
  return Boolean(rowCount);
}

/** True if no row of the day has gone to the default partition, which then could not be given another. */
async function isFree(client: ClientBase, { from, to }: DayPartition): Promise<boolean> {
  const { rowCount } = await client.query(`select from ${DEFAULT} where id >= $1 and id < $2 limit 1`, [from, to]);
  return !rowCount;
}
