import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of a spool, closed or the one that is written to. */
export interface SegmentFile {
  readonly path: string;
  readonly lines: readonly SpoolLine[];
}

/** A line in such a file: where it lies, whose it is, and what it tells. */
export interface SpoolLine {
  readonly at: number;
  readonly length: number;
  readonly id: string | null;
  readonly kind: string;
}

const SEPARATOR = 0x0a;
/** The checksum and a space. */
const PREFIX_BYTES = 9;

/** The names of a spool's segments, oldest first. */
export function segmentNames(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.spool'))
    .sort();
}

/** The segments of a spool that nobody writes to, oldest first. */
export function segmentsOf(folder: string): SegmentFile[] {
  return segmentNames(folder).map(name => {
    const path = join(folder, name);
    return { path, lines: linesOf(readFileSync(path)) };
  });
}

function linesOf(bytes: Buffer): SpoolLine[] {
  const lines: SpoolLine[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(SEPARATOR, at);
    // Its writer was killed within a line.
    if (end < 0) break;
    const fact: { id?: string; kind: string } = JSON.parse(bytes.toString('utf8', at + PREFIX_BYTES, end));
    lines.push({ at, length: end + 1 - at, id: fact.id ?? null, kind: fact.kind });
    at = end + 1;
  }
  return lines;
}
