import type { PublicAttempt } from '../project.ts';

/** The names of all formats, as they are asked for. */
export const FORMAT_NAMES = [
  'jsonl',
  'csv',
  'parquet',
  'zeek-conn',
  'zeek-ssl',
  'zeek-x509',
  'zeek-conn-json',
  'zeek-ssl-json',
  'zeek-x509-json',
  'hellos',
  'pcapng',
] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/**
 * Turns rows into the bytes of a file, chunk by chunk. Knows neither files nor databases nor clocks: the same rows, cut at the same
 * places, are the same bytes.
 */
export interface Encoder<Row> {
  /** What stands before the first row. */
  head(): Uint8Array;
  /** Takes rows that belong to the chunk at hand. */
  add(rows: readonly Row[]): void;
  /** Ends the chunk at hand. */
  cut(): Chunk | Promise<Chunk>;
  /** What stands after the last chunk. */
  tail(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export interface Chunk {
  readonly bytes: Uint8Array;
  /** What an encoder that goes on after this chunk has to know of it. */
  readonly note: string;
}

/** A way to write rows. */
export interface Format<Row = PublicAttempt> {
  readonly name: FormatName;
  /** What files of it are called after the dot. */
  readonly extension: string;
  /** Rows of a chunk: a multiple of `pageRows`. What a chunk takes in memory, an encoder may hold. */
  readonly chunkRows: number;
  /** Rows that are fetched at a time. */
  readonly pageRows: number;
  /** Begins a file, or with the notes of the chunks so far goes on with one. */
  open(subject: Subject, notes: readonly string[], scratch: Scratch): Encoder<Row>;
}

/** What a file says that it is of. */
export interface Subject {
  /** The `change` at which the log was looked at. */
  readonly snapshot: number;
}

/** Sorted lines that are put aside while a file is written, for what is only known at its end. */
export interface Scratch {
  write(name: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void>;
  read(name: string): AsyncIterable<string>;
}

export const NOTHING = new Uint8Array();
