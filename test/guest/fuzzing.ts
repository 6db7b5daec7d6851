import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, TEST_PATH } from '../run-commands.ts';

const run = promisify(execFile);
const RUNNER = join(ROOT, 'pinata-image/fuzz/run.sh');
/** With a planted fault that has to be found. */
export const CONTROL = 'control';
/** How libFuzzer ends when a target has crashed or taken too much memory, and when it has taken too long. */
const CRASHED = [77, 71, 70];
const OUTPUT_MAX_BYTES = 1 << 26;

/** What libFuzzer said of one run. */
export interface FuzzRun {
  /** A fault was found: the input is in the folder that `output` names. */
  readonly crashed: boolean;
  readonly executions: number;
  /** Edges covered, each time that libFuzzer tells of them; the first is after the seeds. */
  readonly coverage: readonly number[];
  readonly output: string;
}

/** One call of the runner. Fails, with all that it said, where it fails. */
export function runner(...argv: string[]): Promise<{ stdout: string; stderr: string }> {
  return call(argv);
}

/** Builds all targets, unless they are up to date. */
export async function buildTargets(): Promise<void> {
  await runner('build');
}

/** The names of all targets but the control. */
export async function targets(): Promise<string[]> {
  const { stdout } = await runner('list');
  return stdout.split('\n').filter(name => name !== '' && name !== CONTROL);
}

/** Runs a target that has been built: its seeds, what is in `corpus`, and what coverage leads to, which is kept there. */
export async function fuzz(
  target: string,
  seconds: number,
  { corpus, flags = [] }: { corpus?: string; flags?: readonly string[] } = {},
): Promise<FuzzRun> {
  const own = corpus === undefined ? {} : { PINATA_FUZZ_CORPUS: corpus };
  const { output, crashed } = await call(['run', target, String(seconds), ...flags], own).then(
    ({ stdout, stderr }) => ({ output: stdout + stderr, crashed: false }),
    error => {
      if (!CRASHED.includes(error.code)) throw error;
      return { output: String(error.stdout) + String(error.stderr), crashed: true };
    },
  );
  return { crashed, output, ...readOutput(output) };
}

/** The figures in libFuzzer's lines: `#1024 NEW cov: 17 ft: …`. */
export function readOutput(output: string): Pick<FuzzRun, 'executions' | 'coverage'> {
  const lines = [...output.matchAll(/^#(\d+)\s+\w+\s+cov: (\d+) /gm)];
  return {
    executions: Math.max(0, ...lines.map(([, executions]) => Number(executions))),
    coverage: lines.map(([, , covered]) => Number(covered)),
  };
}

/** The end of what a run said, where it says what was wrong. */
export function lastWords({ output }: FuzzRun): string {
  return output.split('\n').slice(-60).join('\n');
}

function call(argv: readonly string[], own: Record<string, string> = {}) {
  return run(RUNNER, argv, { env: { ...process.env, PATH: TEST_PATH, ...own }, maxBuffer: OUTPUT_MAX_BYTES });
}
