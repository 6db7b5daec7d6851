import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Pool } from 'pg';
import { COLUMNS } from '../../server/src/store/attempt-rows.ts';
import { dayPartition } from '../../server/src/store/partitions.ts';
import { rebuildRollups } from '../../server/src/store/testing/rebuild-rollups.ts';
import { inTransaction } from '../../server/src/store/transaction.ts';
import { Calendar } from './calendar.ts';
import { type MixtureOptions, placeOf } from './mixture.ts';
import { composeTemplates, type Template } from './templates.ts';

const DAY_MS = 86_400_000;

/** Attempts of one UTC day: numbers `from` up to and without `to`. */
export interface DayOfAttempts {
  readonly from: number;
  readonly to: number;
  readonly startMs: number;
}

export interface LoadOrder {
  readonly url: string;
  readonly options: MixtureOptions;
  readonly templates: readonly Template[];
  /** Without most of each record, and without its leaf. */
  readonly isLean: boolean;
  readonly days: readonly DayOfAttempts[];
}

/**
 * Fills the empty tables of a database with a mixture: rows and their superseded revisions, roll-ups and counters as the writer would
 * leave them. Addresses, salts and transcripts are left out: nothing that the api asks for reads them. Needs the owner's rights.
 */
export async function loadMixture(
  pool: Pool,
  url: string,
  options: MixtureOptions,
  { isLean = false }: { isLean?: boolean } = {},
): Promise<void> {
  const days = daysOf(options);
  await dropEmptyPartitions(pool);
  const loaders = Math.max(1, Math.min(availableParallelism(), days.length));
  // Dealt out in turn, so that all are busy to the end.
  const shares = Array.from({ length: loaders }, (_, own) => days.filter((_day, number) => number % loaders === own));
  await Promise.all(shares.map(share => load({ url, options, templates: composeTemplates(), isLean, days: share })));
  await inTransaction(pool, async client => {
    const { seq, change } = placeOf(options.attempts);
    await client.query('update counter set seq = $1, change = $2', [seq - 1, change - 1]);
    await rebuildRollups(client);
  });
  await pool.query(
    `analyze attempt (${[...COLUMNS.map(([name]) => name), 'classes', 'superseded_change'].join(', ')})`,
  );
}

/** Cuts a mixture into days. */
export function daysOf(options: MixtureOptions): DayOfAttempts[] {
  const calendar = new Calendar(options);
  const days: DayOfAttempts[] = [];
  const dayOf = (index: number) => Math.floor(calendar.startOf(index) / 1000 / DAY_MS);
  for (let from = 0; from < options.attempts; ) {
    const day = dayOf(from);
    let [low, high] = [from + 1, options.attempts];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (dayOf(middle) > day) high = middle;
      else low = middle + 1;
    }
    days.push({ from, to: low, startMs: day * DAY_MS });
    from = low;
  }
  return days;
}

/** Partitions of days are made with their rows already in them, which is quicker; those that are there stand in the way. */
async function dropEmptyPartitions(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits
     where inhparent = 'attempt'::regclass and inhrelid <> 'attempt_default'::regclass`,
  );
  for (const { name } of rows) await pool.query(`drop table ${name}`);
}

async function load(order: LoadOrder): Promise<void> {
  const worker = new Worker(new URL('load-worker.ts', import.meta.url), { workerData: order });
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', status => (status === 0 ? resolve() : reject(new Error(`a loader ended with ${status}`))));
  });
}

/** The partition of a day. */
export function partitionOf({ startMs }: DayOfAttempts): ReturnType<typeof dayPartition> {
  return dayPartition(startMs);
}
