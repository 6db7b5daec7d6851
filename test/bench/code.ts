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
import { findLinked, readLinkedFiles } from './parts/linked-files.ts';
import { printFigure } from './parts/report.ts';

/**
 * Lines of code that one trusts with the image: our own crates and every dependency that is linked in, by cloc, without blank lines
 * and comments. "linked" counts the files of which some instruction is in the image (its table of lines) and "compiled" those that
 * rustc read for it (its dep-info), both without their modules of tests; "whole" is everything in the folder of the crate's library
 * or program. C is looked for in whole packages.
 */
const GOAL_LINES = 102_000;
const CLOC: Tool = { program: 'cloc', debian: 'cloc' };
const BINUTILS: Tool = { program: 'addr2line', debian: 'binutils' };
const CLOC_DEADLINE_MS = 300_000;
const C = /^C(\+\+)?$|^C\/C\+\+ Header$/;
/** What ends up as code in the image. */
const CODE = /^(Rust|Assembly)$/;
const COLUMNS = ['linked', 'compiled', 'whole'] as const;
const STANDARD = ['core', 'alloc'];

interface CountedFile {
  readonly path: string;
  readonly language: string;
  readonly code: number;
}

const BUILD = join(SOURCES, 'target/lines', KERNEL.target, 'release/deps');
const IMAGE = join(SOURCES, 'target/lines.elf');

const say = (line: string) => console.error(line);
const builder = { logs: tmpdir(), signal: new AbortController().signal, say };
const toolchain = await ensureToolchain(builder);
await ensureTools([CLOC, BINUTILS], say);
await buildImage(builder, { variant: 'lines' });
console.log('\n# code');

const crates = await askLinkedCrates(toolchain);
const files = await count(crates.map(({ folder }) => folder));
const library = await ensureLibrary();
const places = { sources: SOURCES, library, crates: crates.map(({ folder }) => folder) };
const compiled = await countWithoutTests(readCompiled());
const linkedFiles = (await readLinkedFiles(IMAGE)).map(name => findLinked(name, places));
const linked = await countWithoutTests(linkedFiles.filter(path => path !== null));
const rows = crates.map(crate => ({
  ...crate,
  whole: linesBelow(files, crate.sourceFolder, CODE),
  compiled: linesBelow(compiled, crate.sourceFolder, CODE),
  linked: linesBelow(linked, crate.sourceFolder, CODE),
}));
type Lines = Record<(typeof COLUMNS)[number], number>;
const listed = (own: boolean) => rows.filter(row => row.own === own).sort((a, b) => b.linked - a.linked);
const figures = (lines: Lines) => COLUMNS.map(name => `${lines[name]}`.padStart(10)).join('');
const sum = (some: typeof rows): Lines => {
  const total = (name: keyof Lines) => some.reduce((lines, row) => lines + row[name], 0);
  return { linked: total('linked'), compiled: total('compiled'), whole: total('whole') };
};
console.log(' '.repeat(46) + COLUMNS.map(name => name.padStart(10)).join(''));
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
printFigure('own + dependencies', figures(total), { text: `< ${GOAL_LINES} linked`, met: total.linked < GOAL_LINES });
printFigure('C in any of their packages', `${inC}`.padStart(10).padEnd(30), { text: '0', met: inC === 0 });
await printStandard();

/** The sources of Rust's own library, which are no part of a minimal toolchain. */
async function ensureLibrary(): Promise<string> {
  const folder = join(toolchain.sysroot, 'lib/rustlib/src/rust/library');
  if (existsSync(join(folder, 'core'))) return folder;
  say(`installing the sources of Rust's own library with rustup`);
  const argv = ['component', 'add', 'rust-src', '--toolchain', toolchain.version];
  const { status, stderr } = await run('rustup', argv, { deadlineMs: CLOC_DEADLINE_MS });
  if (status !== 0) throw new Error(`rustup ${argv.join(' ')} failed: ${stderr}`);
  return folder;
}

/** Rust's own library, for which there is no goal. It comes compiled: what of it was read for the image says nothing. */
async function printStandard(): Promise<void> {
  console.log(`\nRust's own library ${toolchain.version}, apart`);
  const counted = await count(STANDARD.map(name => join(library, name, 'src')));
  for (const name of STANDARD) {
    const lines = (files: readonly CountedFile[]) => `${linesBelow(files, join(library, name, 'src'), CODE)}`;
    printFigure(`  ${name}`, lines(linked).padStart(10) + '–'.padStart(10) + lines(counted).padStart(10));
  }
}

/** What rustc read for the image. Names in the workspace are relative to it; files of an older build may be gone. */
function readCompiled(): string[] {
  const listings = readdirSync(BUILD).filter(name => name.endsWith('.d'));
  return listings.flatMap(name => readDepInfo(readFileSync(join(BUILD, name), 'utf8')));
}

/** Counts files, tests cut away, under the names that they have. */
async function countWithoutTests(paths: readonly string[]): Promise<CountedFile[]> {
  const copy = await mkdtemp(join(tmpdir(), 'pinata-code-'));
  try {
    for (const path of new Set(paths.map(path => resolve(SOURCES, path)).filter(existsSync))) {
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
