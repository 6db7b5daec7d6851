import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { until } from '../../../server/src/testing/until.ts';
import type { Installation } from '../installation.ts';
import { assertLedger, type Tally } from '../ledger.ts';
import { type Load, startLoad } from '../load.ts';

const LANES = 2;
/** Further attempts that must end, at each target, for the service to count as working. */
const ENOUGH = 10;
const PROGRESS_DEADLINE_MS = 90_000;

/** Does something to an installation whose both targets are attacked; `progress` waits until they are served (again). */
export type Fault = (progress: () => Promise<void>) => Promise<void>;

/** Faults that happened to one installation, and what came of the attempts meanwhile. */
export class Matrix {
  readonly #lines: string[] = [];
  #seq = 0;

  /** Attacks both targets before, during and after a fault. Every attempt that ended must be one row. */
  async happen(it: Installation, name: string, fault: Fault): Promise<void> {
    const loads = [it.ports.prize, it.ports.practice].map(port => startLoad(port, LANES));
    const progress = () => more(loads, it);
    try {
      await progress();
      await fault(progress);
      await progress();
    } finally {
      await Promise.all(loads.map(load => load.stop()));
    }
    const tally = await assertLedger(it, loads, this.#seq);
    this.#seq = tally.seq;
    this.#lines.push(lineOf(name, tally));
    assert.equal(tally.rows, tally.ended);
  }

  /** For each fault, how many attempts ended, how many rows they are, and what all that were begun came to. */
  tell(t: TestContext): void {
    t.diagnostic('| fault | ended | rows | outcomes of all that were begun |');
    for (const line of this.#lines) t.diagnostic(line);
  }
}

async function more(loads: readonly Load[], it: Installation): Promise<void> {
  const wanted = loads.map(load => load.ended.size + ENOUGH);
  await until(
    'both targets serve',
    () => loads.every((load, i) => load.ended.size >= (wanted[i] ?? 0)),
    PROGRESS_DEADLINE_MS,
    () => `${loads.map(load => load.ended.size)} of ${wanted}\n${it.screen()}`,
  );
}

function lineOf(name: string, { ended, rows, outcomes }: Tally): string {
  const all = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return `| ${name} | ${ended} | ${rows} | ${all.join(', ')} |`;
}
