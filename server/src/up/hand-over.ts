import { lchown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './confine.ts';

/** Makes a folder and all below it somebody's. Symbolic links are given, not followed. */
export async function handOver(path: string, account: Account): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) await handOver(inside, account);
    else await lchown(inside, account.uid, account.gid);
  }
  await lchown(path, account.uid, account.gid);
}
