import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PinataError } from '../errors.ts';

/** A guest image in memory, with the SHA-256 of exactly these bytes, hex. */
export interface GuestImage {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Reads an image and compares it with the hash that the build wrote beside it. Throws IMAGE_CORRUPT. */
export async function readImage(path: string): Promise<GuestImage> {
  const [bytes, note] = await Promise.all([
    readFile(path).catch(() => null),
    readFile(`${path}.sha256`, 'utf8').catch(() => 'no hash beside it'),
  ]);
  const expected = note.trim().split(/\s/, 1)[0] ?? '';
  const found = bytes ? createHash('sha256').update(bytes).digest('hex') : 'no file';
  if (!bytes || found !== expected) throw new PinataError('IMAGE_CORRUPT', { path, found, expected });
  return { bytes, sha256: found };
}
