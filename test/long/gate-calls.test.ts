import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT, TEST_PATH } from '../run-commands.ts';

// Each call into the release automaton is taken out of a copy of the guest's sources, one at a time: the copy still compiles,
// and its tests fail.

const run = promisify(execFile);
const CRATES = join(ROOT, 'pinata-image');
/** Where calls are looked for, and the tests that must miss them. */
const SUITES = {
  'tls/src': ['--package', 'pinata-tls', '--lib', '--test', 'mutants', '--test', 'session', '--test', 'wire'],
  'service/src': ['--package', 'pinata-service', '--test', 'gate'],
};
/** An event on its way to the automaton. */
const CALL = /\b(?:advance|gate|refuse)\((?:.*\bEvent::.*|.*\bGateEvent::.*|event)\);$/;
const LEAST_CALLS = 20;

interface Call {
  readonly suite: keyof typeof SUITES;
  /** Below `pinata-image`. */
  readonly file: string;
  /** From 0. */
  readonly line: number;
  readonly text: string;
}

const folder = await mkdtemp(join(tmpdir(), 'pinata-gate-calls-'));
const copy = join(folder, 'pinata-image');

before(() => cp(CRATES, copy, { recursive: true, filter: path => basename(path) !== 'target' }));
after(() => rm(folder, { recursive: true }));

async function findCalls(suite: keyof typeof SUITES): Promise<Call[]> {
  const files = await readdir(join(CRATES, suite), { recursive: true });
  const sources = files.filter(file => file.endsWith('.rs') && basename(file) !== 'tests.rs').sort();
  const calls = sources.map(async name => {
    const file = join(suite, name);
    const lines = (await readFile(join(CRATES, file), 'utf8')).split('\n');
    return lines.flatMap((text, line) => (CALL.test(text) ? [{ suite, file, line, text: text.trim() }] : []));
  });
  return (await Promise.all(calls)).flat();
}

/** The statement without its call: nothing, or that no authentication came of it. */
function withoutCall(text: string): string {
  const [, name] = /^let ([a-z]\w*) = /.exec(text) ?? [];
  return name ? `let ${name} = None;` : '';
}

/** Runs cargo's tests in the copy. Gives its exit code and the names of the tests that failed. */
async function cargoTest(suite: keyof typeof SUITES): Promise<{ code: number; failed: string[] }> {
  const options = {
    cwd: copy,
    env: { ...process.env, PATH: TEST_PATH, CARGO_TARGET_DIR: join(folder, 'target'), RUST_BACKTRACE: '0' },
    maxBuffer: 1 << 26,
  };
  const said = (output: string) => [...output.matchAll(/^test (\S+) \.\.\. FAILED$/gm)].map(([, name = '']) => name);
  try {
    const { stdout } = await run('cargo', ['test', '--locked', ...SUITES[suite]], options);
    return { code: 0, failed: said(stdout) };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'stdout' in error)) throw error;
    return { code: Number(error.code), failed: said(String(error.stdout)) };
  }
}

/** The tests that fail without a call. Throws if the copy does not even compile. */
async function testsThatMiss({ suite, file, line, text }: Call): Promise<string[]> {
  const path = join(copy, file);
  const source = await readFile(path, 'utf8');
  const lines = source.split('\n');
  lines[line] = withoutCall(text);
  await writeFile(path, lines.join('\n'));
  try {
    const { code, failed } = await cargoTest(suite);
    assert.ok(code === 0 || failed.length > 0, `${file}:${line + 1} does not compile without: ${text}`);
    return failed;
  } finally {
    await writeFile(path, source);
  }
}

/** The first of them, and how many more there are. */
function shown(tests: readonly string[]): string {
  const [first = 'none', ...more] = tests.toSorted();
  return more.length > 0 ? `\`${first}\` and ${more.length} more` : `\`${first}\``;
}

test('without any one of the calls into the gate the tests fail', async t => {
  const calls = (await Promise.all([findCalls('tls/src'), findCalls('service/src')])).flat();
  assert.ok(calls.length >= LEAST_CALLS, `${calls.length} calls`);
  for (const suite of ['tls/src', 'service/src'] as const) {
    assert.deepEqual(await cargoTest(suite), { code: 0, failed: [] }, `${suite} as it is`);
  }
  const missed: string[] = [];
  const documented = await readFile(join(CRATES, 'VERIFICATION.md'), 'utf8');
  for (const call of calls) {
    const failed = await testsThatMiss(call);
    t.diagnostic(`| \`${call.file}\` | \`${call.text}\` | ${shown(failed)} |`);
    if (failed.length === 0) missed.push(`${call.file}:${call.line + 1}: ${call.text}`);
    assert.ok(documented.includes(`| \`${call.file}\` | \`${call.text}\` |`), `VERIFICATION.md lacks ${call.text}`);
  }
  assert.deepEqual(missed, []);
});
