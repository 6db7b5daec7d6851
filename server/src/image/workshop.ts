import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PinataError } from '../errors.ts';
import { runCommand } from '../up/command.ts';
import type { Account } from '../up/confine.ts';
import { indexPath, type LockedPackage, readCargoLock } from './cargo-lock.ts';
import { cargoHome, type Toolchain } from './toolchain.ts';

/**
 * A folder with all that a build of the image needs, so that another user can build there without a network:
 *
 *     pinata-image/   the sources
 *     cargo/          cargo's home: archives and index of the locked crates, not unpacked
 *     rustup/         the compiler, as hard links where the file system allows it
 *     bin/            cargo and rustc
 *     home/, tmp/     empty
 */
export interface Workshop {
  readonly folder: string;
  readonly sources: string;
}

export interface Furnishing {
  readonly folder: string;
  /** Copied from here, without what was built. */
  readonly sources: string;
  readonly toolchain: Toolchain;
  /** Whether rustc sees the sources of the standard library, which changes how it writes their paths. */
  readonly standardSources: boolean;
  /** Who will build there; null: whoever we are. */
  readonly account: Account | null;
}

const OPEN_TO_ALL = 0o755;
/** rustc takes the standard library's sources as present if it finds this file. */
const STANDARD_SOURCES = 'lib/rustlib/src';
const STANDARD_SAMPLE = 'rust/library/std/src/lib.rs';

export async function furnish({ folder, sources, toolchain, standardSources, account }: Furnishing): Promise<Workshop> {
  const workshop = { folder, sources: join(folder, 'pinata-image') };
  const own = ['pinata-image', 'cargo', 'home', 'tmp', 'rustup'].map(name => join(folder, name));
  for (const path of [folder, join(folder, 'bin'), ...own]) await mkdir(path, { recursive: true });
  await chmod(folder, OPEN_TO_ALL);

  const built = join(sources, 'target');
  await cp(sources, workshop.sources, { recursive: true, filter: path => path !== built });
  const lock = readCargoLock(await readFile(join(sources, 'Cargo.lock'), 'utf8'));
  await copyCrates(lock, cargoHome(), join(folder, 'cargo'));
  for (const name of ['cargo', 'rustc']) await copyOrLink(toolchain.proxy, join(folder, 'bin', name));
  if (account) for (const path of own) await chown(account, path);
  // After the change of owner: these are links to the compiler's own files.
  await copyCompiler(toolchain, standardSources, join(folder, 'rustup'));
  return workshop;
}

/** The archives and the index of the locked crates, from every registry that has been used here. */
async function copyCrates(lock: readonly LockedPackage[], from: string, to: string): Promise<void> {
  const files = lock
    .filter(({ checksum }) => checksum !== null)
    .flatMap(({ name, version }) => [
      `cache/REGISTRY/${name}-${version}.crate`,
      `index/REGISTRY/.cache/${indexPath(name)}`,
    ]);
  const registries = await readdir(join(from, 'registry/cache')).catch(() => []);
  for (const registry of registries) {
    for (const file of new Set([...files, 'index/REGISTRY/config.json'])) {
      const path = join('registry', file.replace('REGISTRY', registry));
      if (existsSync(join(from, path))) await cp(join(from, path), join(to, path));
    }
  }
  // It says where else than at crates.io they are from.
  const settings = join(from, 'config.toml');
  if (existsSync(settings)) await cp(settings, join(to, 'config.toml'));
}

async function copyCompiler(toolchain: Toolchain, standardSources: boolean, rustup: string): Promise<void> {
  const sysroot = join(rustup, 'toolchains', `${toolchain.version}-${toolchain.host}`);
  await mkdir(sysroot, { recursive: true });
  for (const part of ['bin', 'lib']) await copyOrLink(join(toolchain.sysroot, part), join(sysroot, part));
  const sources = join(sysroot, STANDARD_SOURCES);
  if (!standardSources) await rm(sources, { recursive: true, force: true });
  else if (!existsSync(join(sources, STANDARD_SAMPLE))) {
    await mkdir(join(sources, STANDARD_SAMPLE, '..'), { recursive: true });
    await writeFile(join(sources, STANDARD_SAMPLE), '');
  }
  await writeFile(join(rustup, 'settings.toml'), 'version = "12"\n');
}

/** Hard links, which cost nothing; a copy where they are not possible. */
async function copyOrLink(from: string, to: string): Promise<void> {
  const copy = (how: string) => runCommand({ argv: ['cp', how, '--recursive', from, to], cwd: '/' });
  if ((await copy('--link')) === 0) return;
  await rm(to, { recursive: true, force: true });
  if ((await copy('--preserve=mode')) !== 0)
    throw new PinataError('IMAGE_BUILD_FAILED', { log: `the copy of ${from}` });
}

async function chown({ uid, gid }: Account, path: string): Promise<void> {
  await runCommand({ argv: ['chown', '--recursive', `${uid}:${gid}`, path], cwd: '/' });
}
