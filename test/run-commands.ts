import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { add, NOTHING, type Tally, tallyOfCargo, tallyOfCheck, tallyOfTap } from './run-tally.ts';

export const ROOT = resolve(import.meta.dirname, '..');
/** No test file may hang for ever; those that start whole installations have more time. */
const FILE_TIMEOUT_MS = 240_000;
export const LONG_TIMEOUT_MS = 900_000;
const GO = '/usr/local/go/bin';

/** The project's own tools first, then the machine's; with the places where Rust and Go are usually put. */
export const TEST_PATH = [
  dirname(process.execPath),
  join(ROOT, '.tools/node_modules/.bin'),
  join(ROOT, 'node_modules/.bin'),
  process.env.PATH,
  join(homedir(), '.cargo/bin'),
  GO,
  '/usr/sbin',
].join(':');

interface Ran {
  status: number;
  output: string;
}

/** Runs a command in view; its output is also given back. */
export async function runShown(argv: readonly string[], cwd = ROOT, env: Record<string, string> = {}): Promise<Ran> {
  // Node marks the processes of its test runner with this; a runner below one would take itself for a test file.
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    cwd,
    env: { ...inherited, PATH: TEST_PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.on('data', chunk => {
      output += chunk;
      to.write(chunk);
    });
  }
  const status = await new Promise<number>(done => {
    child.once('error', () => done(127));
    child.once('close', code => done(code ?? 1));
  });
  return { status, output };
}

/** One thing that holds or not: a linter, a type checker, a build. */
export async function check(name: string, argv: readonly string[], cwd = ROOT): Promise<Tally> {
  console.log(`${name}: ${argv.join(' ')}`);
  const { status } = await runShown(argv, cwd);
  return tallyOfCheck(name, status);
}

/** Runs Node's tests of some globs. None at all is nothing, not a failure. */
export async function nodeTests(
  globs: readonly string[],
  options: { concurrency: number; timeoutMs?: number; env?: Record<string, string> },
): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-test-'));
  const report = join(folder, 'report.tap');
  const flags = [
    '--test',
    `--test-concurrency=${options.concurrency}`,
    `--test-timeout=${options.timeoutMs ?? FILE_TIMEOUT_MS}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${report}`,
  ];
  try {
    const { status } = await runShown([process.execPath, ...flags, ...globs], ROOT, options.env);
    return tallyOfTap(await readFile(report, 'utf8').catch(() => ''), status);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs the Rust tests of the workspace. */
export async function cargoTests(argv: readonly string[]): Promise<Tally> {
  const { status, output } = await runShown(['cargo', ...argv], join(ROOT, 'pinata-image'));
  return tallyOfCargo(output, status);
}

/** Runs one after the other and sums up. */
export async function all(...steps: (() => Promise<Tally>)[]): Promise<Tally> {
  let sum = NOTHING;
  for (const step of steps) sum = add(sum, await step());
  return sum;
}
