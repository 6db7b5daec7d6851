import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** Raised by hand when the rules change their meaning. */
const VERSION = 3;

/** The folders whose sources decide a conclusion; those of tests and examples beside them do not. */
export const FOLDERS: readonly string[] = ['../tls/', './', './classes/', './campaign/'];

export interface Classifier {
  version: number;
  /** SHA-256, hex, over names and contents of the rules' source files. */
  sha256: string;
}

let loaded: string | undefined;

/** Which rules concluded: their version, and the hash of their sources, read when it is first asked for. */
export const CLASSIFIER: Classifier = {
  version: VERSION,
  get sha256() {
    loaded ??= hashSources();
    return loaded;
  },
};

/** Hashes, for each source in order of folder and name: name, 0, length in decimal, 0, content. Tests do not count. */
function hashSources(): string {
  const hash = createHash('sha256');
  for (const folder of FOLDERS) {
    const names = readdirSync(new URL(folder, import.meta.url))
      .filter(isSource)
      .sort();
    for (const name of names) {
      const content = readFileSync(new URL(folder + name, import.meta.url));
      hash.update(`${folder}${name}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

function isSource(name: string): boolean {
  return name.endsWith('.ts') && !name.endsWith('.test.ts');
}
