import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { askLinkedCrates } from '../../server/src/image/ask-crates.ts';
import { readDepInfo, withoutTests } from '../../server/src/image/rust-source.ts';
import { ensureToolchain, KERNEL, SOURCES } from '../../server/src/image/toolchain.ts';
import { buildImage } from '../../server/src/up/guest-image.ts';
import { ensureTools, type Tool } from '../../server/src/up/tools.ts';
import { run } from '../e2e/command.ts';
import { printFigure } from './parts/report.ts';

/**
 * Lines of code that one trusts with the image: our own crates and every dependency that is linked in, by cloc, without blank lines
 * and comments. "compiled" counts the files that rustc read when it last built the image (its dep-info) without their modules of
 * tests; "whole" everything in the folder of the crate's library or program. C is looked for in whole packages.
 */
const GOAL_LINES = 102_000;
const CLOC: Tool = { program: 'cloc', debian: 'cloc' };
const CLOC_DEADLINE_MS = 300_000;
const C = /^C(\+\+)?$|^C\/C\+\+ Header$/;
/** What ends up as code in the image. */
const CODE = /^(Rust|Assembly)$/;
const STANDARD = ['core', 'alloc'];

interface CountedFile {
  readonly path: string;
  readonly language: string;
  readonly code: number;
}

const BUILD = join(SOURCES, 'target/image', KERNEL.target, 'release/deps');

const say = (line: string) => console.error(line);
const builder = { logs: tmpdir(), signal: new AbortController().signal, say };
const toolchain = await ensureToolchain(builder);
await ensureTools([CLOC], say);
if (!existsSync(BUILD)) await buildImage(builder, { rebuild: true });
console.log('\n# code');

const crates = await askLinkedCrates(toolchain);
const files = await count(crates.map(({ folder }) => folder));
const compiled = await countCompiled();
const rows = crates.map(crate => ({
  ...crate,
  whole: linesBelow(files, crate.sourceFolder, CODE),
  lines: linesBelow(compiled, crate.sourceFolder, CODE),
}));
const listed = (own: boolean) => rows.filter(row => row.own === own).sort((a, b) => b.lines - a.lines);
const figures = (one: { lines: number; whole: number }) => `${one.lines}`.padStart(8) + `${one.whole}`.padStart(10);
const sum = (some: typeof rows) => ({
  lines: some.reduce((total, { lines }) => total + lines, 0),
  whole: some.reduce((total, { whole }) => total + whole, 0),
});
console.log(`${' '.repeat(46)} compiled     whole`);
for (const [title, own] of [
  ['own crates', true],
  ['linked dependencies', false],
] as const) {
  console.log(`\n${title}`);
  for (const row of listed(own)) printFigure(`  ${row.name} ${row.version}`, figures(row));
}

const total = sum(rows);
const inC = crates.reduce((lines, { folder }) => lines + linesBelow(files, folder, C), 0);
console.log('');
printFigure(`own, ${listed(true).length} crates`, figures(sum(listed(true))));
printFigure(`dependencies, ${listed(false).length} crates`, figures(sum(listed(false))));
printFigure('own + dependencies', figures(total), { text: `< ${GOAL_LINES} compiled`, met: total.lines < GOAL_LINES });
printFigure('C in any of their packages', `${inC}`.padStart(8).padEnd(18), { text: '0', met: inC === 0 });
await printStandard();

/** Rust's own library, for which there is no goal; its sources are not part of a minimal toolchain. */
async function printStandard(): Promise<void> {
  console.log(`\nRust's own library ${toolchain.version}, apart`);
  const library = join(toolchain.sysroot, 'lib/rustlib/src/rust/library');
  if (!existsSync(join(library, 'core'))) {
    console.log(`  core and alloc: not counted, their sources are not installed; they come with`);
    console.log(`  rustup component add rust-src --toolchain ${toolchain.version}`);
    return;
  }
  const folders = STANDARD.map(name => join(library, name, 'src'));
  const counted = await count(folders);
  for (const [index, folder] of folders.entries()) {
    printFigure(`  ${STANDARD[index]}`, `${linesBelow(counted, folder, CODE)}`.padStart(8).padEnd(18));
  }
}

/** Counts what rustc read for the image, tests cut away, under the names that the files have. */
async function countCompiled(): Promise<CountedFile[]> {
  const listings = readdirSync(BUILD).filter(name => name.endsWith('.d'));
  const read = listings.flatMap(name => readDepInfo(readFileSync(join(BUILD, name), 'utf8')));
  const copy = await mkdtemp(join(tmpdir(), 'pinata-code-'));
  try {
    // Those of the workspace are relative to it; those of an older build may be gone.
    for (const path of new Set(read.map(path => resolve(SOURCES, path)).filter(existsSync))) {
      await mkdir(join(copy, path, '..'), { recursive: true });
      await writeFile(join(copy, path), withoutTests(readFileSync(path, 'utf8')));
    }
    return (await count([copy])).map(file => ({ ...file, path: file.path.slice(copy.length) }));
  } finally {
    await rm(copy, { recursive: true });
  }
}

/** Counts every file below the folders; two files of the same content count twice. */
async function count(folders: readonly string[]): Promise<CountedFile[]> {
  const options = ['--json', '--by-file', '--skip-uniqueness', '--quiet', '--timeout=0', '--exclude-dir=target'];
  const { status, stdout, stderr } = await run('cloc', [...options, ...folders], { deadlineMs: CLOC_DEADLINE_MS });
  if (status !== 0) throw new Error(`cloc failed: ${stderr}`);
  const { header: _, SUM: __, ...counted }: Record<string, { language: string; code: number }> = JSON.parse(stdout);
  return Object.entries(counted).map(([path, { language, code }]) => ({ path, language, code }));
}

function linesBelow(files: readonly CountedFile[], folder: string, languages: RegExp): number {
  return files
    .filter(({ path, language }) => path.startsWith(folder + sep) && languages.test(language))
    .reduce((lines, { code }) => lines + code, 0);
}
