import assert from 'node:assert/strict';
import { until } from '../../server/src/testing/until.ts';
import { get, type Row } from './api.ts';
import type { Installation } from './installation.ts';
import type { Load } from './load.ts';

const DEADLINE_MS = 60_000;
/** What one attempt may take after an outage, on a machine that does much else. */
const CATCH_UP_MS = 10;

/** A row with the tag that its attempt came under. */
export interface ClaimedRow extends Row {
  result: Row['result'] & { claimTag: string | null };
}

/** What attempts came to. */
export interface Tally {
  /** How many the attackers saw end. */
  readonly ended: number;
  /** How many rows there are of those. */
  readonly rows: number;
  /** The rows of all attempts that were begun, by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** The newest row. */
  readonly seq: number;
}

/** All rows of the log after one, oldest first. */
export async function allRows(installation: Installation, after = 0): Promise<ClaimedRow[]> {
  const rows: ClaimedRow[] = [];
  for (let from = after; ; ) {
    const path = `/api/v1/attempts?order=asc&limit=1000&after=${from}`;
    const page = await get<{ rows: ClaimedRow[] }>(installation, path);
    rows.push(...page.rows);
    const last = page.rows.at(-1);
    if (!last) return rows;
    from = last.seq;
  }
}

/**
 * Every attempt of `loads` that ended is one row, none is two, and the numbers of the log have no gap. `after`: a row that is older
 * than the load.
 */
export async function assertLedger(installation: Installation, loads: readonly Load[], after = 0): Promise<Tally> {
  const ended = new Set(loads.flatMap(load => [...load.ended]));
  const begun = new Set(loads.flatMap(load => [...load.begun]));
  const rows: ClaimedRow[] = [];
  const missing = () => {
    const known = new Set(rows.map(row => row.result.claimTag));
    return [...ended].filter(tag => !known.has(tag));
  };
  await until(
    'every attempt that ended is a row',
    async () => {
      rows.push(...(await allRows(installation, rows.at(-1)?.seq ?? after).catch(() => [])));
      return missing().length === 0;
    },
    DEADLINE_MS + ended.size * CATCH_UP_MS,
    () => `${missing().length} of ${ended.size} are missing`,
  );
  const ours = rows.filter(({ result }) => result.claimTag !== null && begun.has(result.claimTag));
  assert.equal(new Set(ours.map(row => row.result.claimTag)).size, ours.length, 'no attempt is two rows');
  assert.deepEqual(
    rows.map(row => row.seq),
    rows.map((_, i) => after + i + 1),
    'seq has no gap',
  );
  const outcomes: Record<string, number> = {};
  for (const { result } of ours) outcomes[result.outcome] = (outcomes[result.outcome] ?? 0) + 1;
  const rowsOfEnded = ours.filter(({ result }) => result.claimTag !== null && ended.has(result.claimTag)).length;
  return { ended: ended.size, rows: rowsOfEnded, outcomes, seq: rows.at(-1)?.seq ?? after };
}
