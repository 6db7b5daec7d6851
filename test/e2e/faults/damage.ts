import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { SegmentFile, SpoolLine } from './spool-files.ts';

/** What was done to a segment, and the lines of it that are gone. */
export interface Damage {
  readonly name: string;
  readonly gone: readonly SpoolLine[];
}

/** Changes a bit in the first or the last line of a kind. */
export function flipBit(name: string, { path, lines }: SegmentFile, [which, kind]: ['first' | 'last', string]): Damage {
  const ofKind = lines.filter(line => line.kind === kind);
  const line = ofKind.at(which === 'first' ? 0 : -1);
  assert.ok(line);
  const bytes = readFileSync(path);
  const at = line.at + Math.floor(line.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
  return { name, gone: [line] };
}

/** Cuts a segment off in the middle of a line. */
export function truncate(name: string, { path, lines }: SegmentFile): Damage {
  const line = lines.at(lines.length / 2);
  assert.ok(line);
  truncateSync(path, line.at + Math.floor(line.length / 2));
  return { name, gone: lines.filter(({ at }) => at >= line.at) };
}

export function remove(name: string, { path, lines }: SegmentFile): Damage {
  rmSync(path);
  return { name, gone: lines };
}

/** Adds the beginning of a line, as a machine would that lost its power while it was written. */
export function tearTail(name: string, { path }: SegmentFile): Damage {
  appendFileSync(path, '0badc0de {"kind":"open","t":17');
  return { name, gone: [] };
}
