import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HOME } from '../config.ts';
import { PinataError } from '../errors.ts';
import { runCommand } from './command.ts';
import { type Builder, toolPath } from './prepare.ts';
import { hashSources, unlessDone } from './sources.ts';
import { ensureTools, findProgram, type Tool } from './tools.ts';

const FOLDER = join(HOME, 'pinata-image');
/** Where the project's own build puts the image. */
export const BUILT_IMAGE = join(FOLDER, 'target/pinata.elf');
const STAMP = join(FOLDER, 'target/.sources');
/** build.sh ends so when there is no compiler of the pinned version. */
const NO_COMPILER = 3;
/** rustc links with the C compiler, and the build strips what comes out. */
export const LINKER: Tool[] = [
  { program: 'cc', debian: 'gcc libc6-dev' },
  { program: 'strip', debian: 'binutils' },
];
const DOWNLOADER: Tool[] = [{ program: 'curl', debian: 'curl ca-certificates' }];
const RUSTUP_SCRIPT = 'https://sh.rustup.rs';

/**
 * Builds the guest image where its sources changed, which needs no compiler to find out. An image that is there but is not what
 * its build wrote is reported (IMAGE_CORRUPT), not replaced in silence. Throws RUST_MISSING or IMAGE_BUILD_FAILED too.
 */
export async function ensureImage(builder: Builder): Promise<void> {
  if (existsSync(BUILT_IMAGE) && existsSync(`${BUILT_IMAGE}.sha256`)) await checkImage(BUILT_IMAGE);
  if (!existsSync(BUILT_IMAGE)) await rm(STAMP, { force: true });
  await unlessDone(STAMP, await hashSources([FOLDER]), () => buildImage(builder));
}

export interface ImageBuild {
  /** In any case, or another image than the one that ships (build.sh says which there are). */
  readonly variant?: 'force' | 'lines';
}

/** Runs the image's build, which does nothing where nothing changed. Throws TOOL_MISSING, RUST_MISSING or IMAGE_BUILD_FAILED. */
export async function buildImage(builder: Builder, { variant }: ImageBuild = {}): Promise<void> {
  await ensureTools(LINKER, line => builder.say(line));
  const log = join(builder.logs, 'image-build.log');
  const build = () =>
    runCommand({
      argv: [join(FOLDER, 'build.sh'), ...(variant ? [`--${variant}`] : [])],
      cwd: FOLDER,
      env: { PATH: cargoPath() },
      log,
      say: line => builder.say(line),
      signal: builder.signal,
    });
  let status = await build();
  if (status === NO_COMPILER && (await installCompiler(builder, log))) status = await build();
  if (status === NO_COMPILER) throw new PinataError('RUST_MISSING', { version: await pinnedVersion() });
  if (status !== 0) throw new PinataError('IMAGE_BUILD_FAILED', { log });
}

/** Compares an image with the hash that its build wrote beside it. Gives that hash; throws IMAGE_CORRUPT or CONFIG_INVALID. */
export async function checkImage(path: string): Promise<string> {
  const [bytes, text] = await Promise.all([readFile(path), readFile(`${path}.sha256`, 'utf8')]).catch(error => {
    throw new PinataError('CONFIG_INVALID', { name: 'PINATA_IMAGE', why: error.message }, { cause: error });
  });
  const expected = text.trim().split(/\s/)[0] ?? '';
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== expected) throw new PinataError('IMAGE_CORRUPT', { path, found, expected });
  return found;
}

/** Installs the pinned toolchain with rustup, and as root rustup itself. False if that did not work or is not ours to do. */
export async function installCompiler(builder: Builder, log: string): Promise<boolean> {
  const run = (...argv: string[]) =>
    runCommand({
      argv,
      cwd: HOME,
      env: { PATH: cargoPath() },
      log,
      say: line => builder.say(line),
      signal: builder.signal,
    });
  const version = await pinnedVersion();
  if (findProgram('rustup', cargoPath())) {
    builder.say(`installing Rust ${version} with rustup`);
    return (await run('rustup', 'toolchain', 'install', version, '--profile', 'minimal')) === 0;
  }
  if (process.getuid?.() !== 0) return false;
  await ensureTools(DOWNLOADER, line => builder.say(line));
  builder.say(`installing rustup and Rust ${version} from ${RUSTUP_SCRIPT}`);
  const options = `-s -- -y --no-modify-path --profile minimal --default-toolchain ${version}`;
  const fetched = await run('sh', '-c', `curl --proto =https --tlsv1.2 -sSf ${RUSTUP_SCRIPT} | sh ${options}`);
  return fetched === 0;
}

/** The compiler's version, as the guest's sources pin it. */
export async function pinnedVersion(): Promise<string> {
  const text = await readFile(join(FOLDER, 'rust-toolchain.toml'), 'utf8');
  return /^channel\s*=\s*"([^"]+)"/m.exec(text)?.[1] ?? 'stable';
}

/** Where cargo is looked for: in PATH, and where rustup puts it. */
export function cargoPath(): string {
  return `${toolPath()}:${join(homedir(), '.cargo/bin')}`;
}
