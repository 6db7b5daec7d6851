/** What came out of some tests. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of those that failed, as far as they are known. */
  readonly failures: readonly string[];
}

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0, failures: [] };

export function add(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
  };
}

/** The line that says it. */
export function tally({ passed, failed }: Tally): string {
  return `${passed} passed, ${failed} failed`;
}

/** Reads what `node --test` reports in TAP: its last comments carry the sums. A report without sums is one failure. */
export function tallyOfTap(text: string, status: number): Tally {
  const sum = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  const [passed, bad, skipped] = [sum('pass'), sum('fail') + sum('cancelled'), sum('skipped') + sum('todo')];
  if (Number.isNaN(passed + bad + skipped))
    return { ...NOTHING, failed: 1, failures: ['the test runner ended without a report'] };
  const failures = [...text.matchAll(/^ *not ok \d+ - (.+)$/gm)].map(([, name]) => name ?? '');
  const silent = status !== 0 && bad === 0 ? 1 : 0;
  return { passed, failed: bad + silent, skipped, failures };
}

/** Reads what `cargo test` prints: one result line for each test binary. Status other than 0 without a failed test is one failure. */
export function tallyOfCargo(text: string, status: number): Tally {
  const lines = [...text.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  const sum = (group: number) => lines.reduce((total, line) => total + Number(line[group]), 0);
  const [passed, bad, skipped] = [sum(1), sum(2), sum(3)];
  const failures = [...text.matchAll(/^test (\S+) \.\.\. FAILED$/gm)].map(([, name]) => name ?? '');
  const silent = status !== 0 && bad === 0 ? 1 : 0;
  const unfinished = silent ? ['cargo test did not finish'] : [];
  return { passed, failed: bad + silent, skipped, failures: [...failures, ...unfinished] };
}

/** A check that either holds or not. */
export function tallyOfCheck(name: string, status: number): Tally {
  return status === 0 ? { ...NOTHING, passed: 1 } : { ...NOTHING, failed: 1, failures: [name] };
}
