import { readFileSync } from 'node:fs';
import type { Segment } from './pcap.ts';

/** One connection of a real tool, as a watcher between it and `openssl s_server` saw it. */
export interface Recording {
  /** Program and options. */
  name: string;
  /** Which of its connections, from 0. */
  connection: number;
  /** What the program says of its own version. */
  version: string;
  segments: Segment[];
  /** When it was over, since it was accepted; left out where times do not matter. */
  endMs?: number | undefined;
}

const FILE = new URL('recorded/tools.jsonl', import.meta.url);
let loaded: readonly Recording[] | undefined;

/** All recordings that are checked in. `record-tools.ts` makes them. */
export function recordings(): readonly Recording[] {
  loaded ??= readFileSync(FILE, 'utf8').split('\n').filter(Boolean).map(parse);
  return loaded;
}

/** The recording of that name; throws if there is none. */
export function recording(name: string, connection = 0): Recording {
  const found = recordings().find(one => one.name === name && one.connection === connection);
  if (!found) throw new Error(`no recording of ${name}, connection ${connection}`);
  return found;
}

/** One line of the file: bytes are base64, `i` from the tool and `o` to it, with the milliseconds before a colon where they matter. */
export function writeRecording({ segments, endMs, ...rest }: Recording): string {
  return JSON.stringify({ ...rest, ...(endMs === undefined ? {} : { endMs }), bytes: segments.map(writeSegment) });
}

/** A segment as text: direction, milliseconds if known, bytes. */
export function writeSegment({ dir, bytes, ms }: Segment): string {
  const time = ms === undefined ? '' : `${ms}:`;
  return `${dir === 'in' ? 'i' : 'o'}${time}${Buffer.from(bytes).toString('base64')}`;
}

export function readSegment(text: string): Segment {
  const [, letter, ms, base64 = ''] = text.match(/^(.)(?:(\d+):)?(.*)$/s) ?? [];
  const segment = { dir: letter === 'i' ? ('in' as const) : ('out' as const), bytes: Buffer.from(base64, 'base64') };
  return ms === undefined ? segment : { ...segment, ms: Number(ms) };
}

function parse(line: string): Recording {
  const { bytes, ...rest }: Omit<Recording, 'segments'> & { bytes: string[] } = JSON.parse(line);
  return { ...rest, segments: bytes.map(readSegment) };
}
