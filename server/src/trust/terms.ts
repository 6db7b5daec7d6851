import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The terms that every attempt is made under: their text and its SHA-256, which each record carries. */
export interface Terms {
  readonly text: string;
  readonly sha256: string;
}

/** Reads the terms that belong to this version. */
export function readTerms(path: string = join(import.meta.dirname, 'terms.md')): Terms {
  const bytes = readFileSync(path);
  return { text: bytes.toString('utf8'), sha256: createHash('sha256').update(bytes).digest('hex') };
}
