import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../../trust/canonical-json.ts';
import type { PublicAttempt } from '../project.ts';
import { valueAt } from '../value-at.ts';
import { type Chunk, type Encoder, type Format, NOTHING, type Scratch } from './format.ts';
import { mergeRuns } from './sorted-runs.ts';

export const HELLO_SCHEMA = 'pinata.hello/1';

/** Distinct ones of so many rows are in memory at a time; those of the whole file are not. */
const ROWS_PER_RUN = 50_000;

/** What differs between two greetings of the same client: the hash is over randoms and keys; whether a retry followed is our answer. */
const OF_ONE_CONNECTION: ReadonlySet<string> = new Set(['helloSha256', 'hrr']);

/**
 * Each ClientHello that was ever seen, once: one JSON object a line, ordered by `helloId`. Two are the same if all that is public of them is the
 * same, but for what is made anew for each connection; randoms, session ids and key shares are not in the record at all.
 */
export const hellos: Format = {
  name: 'hellos',
  extension: 'hellos.jsonl',
  chunkRows: ROWS_PER_RUN,
  pageRows: 1_000,
  open: (_, notes, scratch) => new HelloCorpus(notes.length, scratch),
};

interface Seen {
  attempts: number;
  firstDay: string;
  lastDay: string;
  /** Canonical JSON. */
  readonly hello: string;
}

/** One line of a run begins with its key, so that lines sort as keys do: the SHA-256 of the canonical JSON, in hex. */
const KEY_CHARACTERS = 64;
const DAY_CHARACTERS = 'YYYY-MM-DD'.length;

class HelloCorpus implements Encoder<PublicAttempt> {
  readonly #scratch: Scratch;
  #runs: number;
  #seen = new Map<string, Seen>();

  constructor(runs: number, scratch: Scratch) {
    this.#runs = runs;
    this.#scratch = scratch;
  }

  head(): Uint8Array {
    return NOTHING;
  }

  add(rows: readonly PublicAttempt[]): void {
    for (const row of rows) {
      const hello = stableHello(row);
      if (hello === null) continue;
      const day = String(row.startedAt).slice(0, DAY_CHARACTERS);
      const known = this.#seen.get(hello);
      if (known) addTo(known, { attempts: 1, firstDay: day, lastDay: day });
      else this.#seen.set(hello, { attempts: 1, firstDay: day, lastDay: day, hello });
    }
  }

  /** Each chunk is a run: nothing of the file can be written before all are known. */
  async cut(): Promise<Chunk> {
    const lines = [...this.#seen.values()].map(lineOf).sort();
    await this.#scratch.write(String(this.#runs++), lines);
    this.#seen = new Map();
    return { bytes: NOTHING, note: '' };
  }

  async *tail(): AsyncGenerator<Uint8Array, void, void> {
    const names = Array.from({ length: this.#runs }, (_, run) => String(run));
    let text = '';
    for await (const line of mergeRuns(this.#scratch, names, { sameKey, join })) {
      text += fileLine(line);
      if (text.length < FLUSH_CHARACTERS) continue;
      yield Buffer.from(text);
      text = '';
    }
    yield Buffer.from(text);
  }
}

const FLUSH_CHARACTERS = 1 << 20;

/** The canonical JSON of what a client says each time; null where there was no ClientHello. */
function stableHello(attempt: PublicAttempt): string | null {
  const { hello } = attempt;
  if (typeof hello !== 'object' || hello === null) return null;
  const kept = Object.entries(hello).filter(([name]) => !OF_ONE_CONNECTION.has(name));
  return canonicalJson(Object.fromEntries(kept) as JsonValue);
}

function addTo(seen: Pick<Seen, 'attempts' | 'firstDay' | 'lastDay'>, more: typeof seen): void {
  seen.attempts += more.attempts;
  if (more.firstDay < seen.firstDay) seen.firstDay = more.firstDay;
  if (more.lastDay > seen.lastDay) seen.lastDay = more.lastDay;
}

function lineOf(seen: Seen): string {
  const { hello, ...rest } = seen;
  return `${createHash('sha256').update(hello).digest('hex')}${JSON.stringify({ ...rest, hello })}`;
}

function seenOf(line: string): Seen {
  return JSON.parse(line.slice(KEY_CHARACTERS));
}

function sameKey(one: string, other: string): boolean {
  return one.slice(0, KEY_CHARACTERS) === other.slice(0, KEY_CHARACTERS);
}

function join(one: string, other: string): string {
  const seen = seenOf(one);
  addTo(seen, seenOf(other));
  return lineOf(seen);
}

function fileLine(line: string): string {
  const { hello, attempts, firstDay, lastDay } = seenOf(line);
  const helloId = line.slice(0, KEY_CHARACTERS);
  const parsed: unknown = JSON.parse(hello);
  const [ja3, ja4] = ['ja3', 'ja4'].map(name => valueAt(parsed, [name]) ?? null);
  return `${JSON.stringify({ schema: HELLO_SCHEMA, helloId, attempts, firstDay, lastDay, ja3, ja4, hello: parsed })}\n`;
}
