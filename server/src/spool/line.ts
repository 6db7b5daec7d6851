import { crc32 } from 'node:zlib';
import type { Fact } from '../wire/facts.ts';

/**
 * One fact in a spool file: CRC-32 of the JSON in 8 hex digits, a space, the JSON in UTF-8, a newline. JSON text never holds a
 * raw newline, so that a reader finds the next line whatever happened to this one.
 */
export function encodeLine(fact: Fact): string {
  const json = JSON.stringify(fact);
  return `${crc32(json).toString(16).padStart(CRC_DIGITS, '0')} ${json}\n`;
}

const CRC_DIGITS = 8;
const NEWLINE = 0x0a;
const SPACE = 0x20;

/** Longer than any fact: a transcript's chunk of 64 KiB is 87 kB in base64. What goes on for longer is damage. */
export const LINE_MAX_BYTES = 1 << 20;

/** The fact in a line without its newline, or null where the line is damaged. */
export function decodeLine(line: Buffer): Fact | null {
  if (!isSound(line)) return null;
  try {
    // Checked by its CRC: these are the bytes that the spool's owner made from a Fact.
    return JSON.parse(line.toString('utf8', CRC_DIGITS + 1)) as Fact;
  } catch {
    return null;
  }
}

function isSound(line: Buffer): boolean {
  if (line.length < CRC_DIGITS + 1 || line[CRC_DIGITS] !== SPACE) return false;
  const digits = line.toString('latin1', 0, CRC_DIGITS);
  return /^[0-9a-f]{8}$/.test(digits) && Number.parseInt(digits, 16) === crc32(line.subarray(CRC_DIGITS + 1));
}

/** How many bytes of a segment to keep when it is opened again: everything up to the end of its last sound line. */
export function soundLength(segment: Buffer): number {
  let end = segment.lastIndexOf(NEWLINE);
  while (end >= 0) {
    const start = end === 0 ? 0 : segment.lastIndexOf(NEWLINE, end - 1) + 1;
    if (isSound(segment.subarray(start, end))) return end + 1;
    end = start - 1;
  }
  return 0;
}

/** A line and where it lies: `at` is its first byte, `next` the first byte after it. `fact` is null for a damaged one. */
export interface ScannedLine {
  fact: Fact | null;
  at: number;
  next: number;
}

/** Cuts a stream of spool bytes into lines. However the bytes are split, the lines are the same. */
export class LineScanner {
  #at: number;
  #parts: Buffer[] = [];
  #held = 0;
  #overlong = false;

  /** `offset`: the logical offset of the first byte that will be pushed. */
  constructor(offset: number) {
    this.#at = offset;
  }

  push(chunk: Buffer): ScannedLine[] {
    const lines: ScannedLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      lines.push(this.#complete(chunk.subarray(start, end)));
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
    return lines;
  }

  #complete(last: Buffer): ScannedLine {
    this.#hold(last);
    const at = this.#at;
    const next = at + this.#held + 1;
    const [only] = this.#parts;
    const line = only && this.#parts.length === 1 ? only : Buffer.concat(this.#parts);
    const fact = this.#overlong ? null : decodeLine(line);
    this.#at = next;
    this.#parts = [];
    this.#held = 0;
    this.#overlong = false;
    return { fact, at, next };
  }

  #hold(part: Buffer): void {
    this.#held += part.length;
    if (this.#held > LINE_MAX_BYTES) {
      this.#overlong = true;
      this.#parts = [];
    } else if (part.length > 0) {
      this.#parts.push(part);
    }
  }
}
