import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const GENERATED = new Set(['node_modules', 'dist', 'target', '.git', '.svelte-kit']);

/** SHA-256, hex, over the names and contents of the files at `paths` (files, or folders with all below them). Missing ones count as such. */
export async function hashSources(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) await addTo(hash, path);
  return hash.digest('hex');
}

async function addTo(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) {
    const names = (await readdir(path)).filter(name => !GENERATED.has(name) && !/^dist-/.test(name)).sort();
    for (const name of names) await addTo(hash, join(path, name));
  } else {
    const bytes = found ? await readFile(path) : Buffer.alloc(0);
    hash.update(`${found ? 'file' : 'nothing'} ${path} ${bytes.length}\n`).update(bytes);
  }
}

/** Does `work` unless `stamp` says that it was done for the same `sources`, and writes the stamp after it. True if it worked. */
export async function unlessDone(stamp: string, sources: string, work: () => Promise<void>): Promise<boolean> {
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')).trim() === sources) return false;
  await work();
  await writeFile(stamp, `${sources}\n`);
  return true;
}
