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

/** One line of the file: bytes are base64, `i` from the tool and `o` to it. */
export function writeRecording({ name, connection, version, segments }: Recording): string {
  const bytes = segments.map(segment => `${segment.dir === 'in' ? 'i' : 'o'}${base64(segment.bytes)}`);
  return JSON.stringify({ name, connection, version, bytes });
}

function parse(line: string): Recording {
  const { bytes, ...rest }: Omit<Recording, 'segments'> & { bytes: string[] } = JSON.parse(line);
  const segments = bytes.map(text => ({
    dir: text.startsWith('i') ? ('in' as const) : ('out' as const),
    bytes: Buffer.from(text.slice(1), 'base64'),
  }));
  return { ...rest, segments };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
