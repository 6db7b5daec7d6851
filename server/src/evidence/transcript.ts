import { gunzipSync, gzipSync } from 'node:zlib';
import type { Closed, Data, Dialled, GuestTold, Opened, Withheld } from '../wire/facts.ts';

/** The opening without the address, which has its own place and its own end. */
export type OpenedNameless = Omit<Opened, 'source'>;

/** One line of a transcript: the opening, what the gateway told after it in its order, what the guest told in its order. */
export type TranscriptLine = OpenedNameless | Dialled | Data | Withheld | Closed | GuestTold;

/** More than two full tapes and a long tale of a guest take, so that a file that is none cannot fill the memory. */
const TRANSCRIPT_MAX_BYTES = 16 << 20;

/** A transcript: facts as JSON lines. */
export function encodeTranscript(lines: readonly TranscriptLine[]): Buffer {
  return Buffer.from(lines.map(line => `${JSON.stringify(line)}\n`).join(''));
}

/** Small windows: a transcript has a few kilobytes, and most of the cost of zlib is making its tables. */
export function packTranscript(transcript: Uint8Array): Buffer {
  return gzipSync(transcript, { level: 4, memLevel: 5 });
}

/** Reads a packed transcript that this module made. */
export function readTranscript(packed: Uint8Array): TranscriptLine[] {
  return parseTranscript(gunzipSync(packed, { maxOutputLength: TRANSCRIPT_MAX_BYTES }).toString('utf8'));
}

/** Reads a transcript that this module made. */
export function parseTranscript(text: string): TranscriptLine[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line));
}
