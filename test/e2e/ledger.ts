import assert from 'node:assert/strict';
import { until } from '../../server/src/testing/until.ts';
import { get, type Row } from './api.ts';
import type { Installation } from './installation.ts';
import type { Load } from './load.ts';

/** A row with the tag that its attempt came under. */
export interface ClaimedRow extends Row {
  result: Row['result'] & { claimTag: string | null };
}

/** All rows of the log, oldest first. */
export async function allRows(installation: Installation): Promise<ClaimedRow[]> {
  const rows: ClaimedRow[] = [];
  for (let after = 0; ; ) {
    const path = `/api/v1/attempts?order=asc&limit=1000&after=${after}`;
    const page = await get<{ rows: ClaimedRow[] }>(installation, path);
    rows.push(...page.rows);
    const last = page.rows.at(-1);
    if (!last) return rows;
    after = last.seq;
  }
}

/** Every attempt of `load` that ended is one row, none is two, and the numbers of the log have no gap. */
export async function assertLedger(installation: Installation, load: Load): Promise<void> {
  let rows: ClaimedRow[] = [];
  const missing = () => {
    const known = new Set(rows.map(row => row.result.claimTag));
    return [...load.ended].filter(tag => !known.has(tag));
  };
  await until(
    'every attempt that ended is a row',
    async () => {
      rows = await allRows(installation).catch(() => rows);
      return missing().length === 0;
    },
    60_000,
    () => `${missing().length} of ${load.ended.size} are missing`,
  );
  const ours = rows.flatMap(row =>
    row.result.claimTag !== null && load.begun.has(row.result.claimTag) ? [row.result.claimTag] : [],
  );
  assert.equal(new Set(ours).size, ours.length, 'no attempt is two rows');
  assert.deepEqual(
    rows.map(row => row.seq),
    rows.map((_, i) => i + 1),
    'seq has no gap',
  );
}
