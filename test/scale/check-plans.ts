import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { TIMED_WINDOW_MAX } from '../../server/src/export/attempt-pages.ts';
import { FIRST_WINDOW } from '../../server/src/export/seq-windows.ts';
import { preparedDatabase } from '../../server/src/ingest/testing/harness.ts';
import type { TestDatabase } from '../../server/src/store/testing/embedded-postgres.ts';
import { type AskedApi, askedApi, type Statement } from './asked-api.ts';
import { loadMixture } from './load.ts';
import { type PlanCost, planCost } from './plan.ts';
import { questionsFor } from './questions.ts';

/** Blocks (8 KiB) that one statement may look at, however long the log is. */
const BLOCKS_MAX = 8000;
/** Distinct values of a day can only be counted by looking at all of it; above a number of attempts they are not. */
const DISTINCT = 'count(distinct';
const ROUNDS = 2;
const SEED = 20_261_125;
/** As many attempts a day as a million in four months. */
const ATTEMPTS_A_DAY = 8_333;
const MINUTE_MS = 60_000;

/**
 * Loads a mixture, asks the api every question, and holds the plans of its statements to what they may cost. Times are told and not
 * judged: they are the machine's.
 */
export async function checkPlans(t: TestContext, { url, apiUrl }: TestDatabase, attempts: number): Promise<void> {
  const { pool } = await preparedDatabase(t, url);
  const endUs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS * 1000;
  const before = performance.now();
  await loadMixture(pool, url, { seed: SEED, attempts, days: Math.ceil(attempts / ATTEMPTS_A_DAY), endUs });
  t.diagnostic(`${attempts} attempts loaded in ${((performance.now() - before) / 1000).toFixed(0)} s`);

  const api = await askedApi(apiUrl);
  t.after(() => api.stop());
  const times: number[] = [];
  const excesses: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await api.forget();
    for (const { name, path } of await questionsFor(pool)) {
      const { status, body, statements, milliseconds } = await api.ask(path(round));
      assert.equal(status, 200, `${name}: ${path(round)}: ${body.slice(0, 300)}`);
      times.push(milliseconds);
      for (const statement of statements) {
        const cost = await costOf(api, statement);
        if (isTooMuch(cost, statement))
          excesses.push(`${name} (${path(round)}): ${JSON.stringify(cost)}: ${statement.text}`);
      }
    }
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.ceil(times.length * part) - 1]?.toFixed(0);
  t.diagnostic(`${times.length} questions: median ${at(0.5)} ms, p95 ${at(0.95)} ms, slowest ${at(1)} ms`);
  assert.deepEqual(excesses, []);
}

async function costOf({ database }: AskedApi, { text, values }: Statement): Promise<PlanCost> {
  const [row] = await database.query<{ 'QUERY PLAN': unknown }>(
    `explain (analyze, buffers, timing off, format json) ${text}`,
    values,
  );
  return planCost(row?.['QUERY PLAN']);
}

/** A partition that is read from end to end may hold no more than twice what the first window of a page spans: then most of it is asked for. */
function isTooMuch({ blocks, scanned }: PlanCost, { text }: Statement): boolean {
  const rowsMax = text.includes('started_us >=') ? TIMED_WINDOW_MAX : FIRST_WINDOW;
  return blocks > BLOCKS_MAX || (scanned.rows > 2 * rowsMax && !text.includes(DISTINCT));
}
