import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { HOME } from '../../../server/src/config.ts';

/** Where the benches keep what takes long to make: programs, the comparison's kernel. Nothing in it is worth keeping. */
export function cacheFolder(name: string): string {
  const folder = join(HOME, '.tools/bench', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
