import { statfs } from 'node:fs/promises';
import { PinataError } from '../errors.ts';
import type { Fact } from '../wire/facts.ts';
import { encodeLine } from './line.ts';
import { Segments, type SegmentsOptions } from './segments.ts';
import { SpoolServer } from './server.ts';

const FLUSH_WITHIN_MS = 10;
const FLUSH_ABOVE_CHARS = 256 << 10;
const ROOM_CHECK_MS = 1000;
const RETRY_MS = 1000;
/** Left free on the disk for everybody else. */
const KEEP_FREE_BYTES = 64 << 20;

/** An append-only log of facts on disk, which its owner serves to a reader by offset and deletes on acknowledgement. */
export interface Spool {
  readonly epoch: string;
  /** Takes a fact, in order. It is written by the next `flush`, which comes by itself within 10 ms. */
  append(fact: Fact): void;
  /**
   * Writes everything that was appended, now, with write(2): it then survives the death of this process, and within 50 ms a
   * power cut. False where the disk did not take all of it; the rest is kept and tried again.
   */
  flush(): boolean;
  /** Whether `bytes` more fit, beside what is reserved. */
  hasRoom(bytes: number): boolean;
  /** Sets room aside, or null if there is none. */
  reserve(bytes: number): Reservation | null;
  /** Serves readers on a unix socket. */
  serve(socketPath: string): Promise<void>;
  close(): Promise<void>;
}

export interface Reservation {
  /** Gives the room back. Twice is fine. */
  release(): void;
}

export interface SpoolOptions extends Omit<SegmentsOptions, 'onSyncError'> {
  name: string;
  capBytes: number;
  /** Free bytes of the disk below a folder. */
  freeBytes?: (folder: string) => Promise<number>;
  /** Told once each time that the disk begins to refuse. */
  onTrouble?: (error: Error) => void;
}

/** Opens a spool, or makes it. One process at a time may have it open. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const spool = new FileSpool(options);
  await spool.measure();
  return spool;
}

class FileSpool implements Spool {
  readonly #name: string;
  readonly #folder: string;
  readonly #capBytes: number;
  readonly #freeBytes: (folder: string) => Promise<number>;
  readonly #onTrouble: (error: Error) => void;
  readonly #segments: Segments;
  readonly #server: SpoolServer;
  readonly #roomTimer: NodeJS.Timeout;
  /** Lines that were appended and not yet handed to the disk. */
  #lines = '';
  #lineBytes = 0;
  /** Bytes that the disk refused. They may begin in the middle of a line. */
  #refused: Buffer | null = null;
  #flushTimer: NodeJS.Timeout | undefined;
  #reserved = 0;
  #used: number;
  #free = 0;
  #closed = false;

  constructor({ name, capBytes, freeBytes = freeOnDisk, onTrouble = () => {}, ...rest }: SpoolOptions) {
    this.#name = name;
    this.#folder = rest.folder;
    this.#capBytes = capBytes;
    this.#freeBytes = freeBytes;
    this.#onTrouble = onTrouble;
    this.#segments = new Segments({ ...rest, onSyncError: onTrouble });
    this.#used = this.#segments.bytes;
    this.#server = new SpoolServer(name, this.#segments, () => {
      this.#used = this.#segments.bytes;
    });
    this.#roomTimer = setInterval(() => void this.measure(), ROOM_CHECK_MS).unref();
  }

  get epoch(): string {
    return this.#segments.epoch;
  }

  append(fact: Fact): void {
    const line = encodeLine(fact);
    this.#lines += line;
    this.#lineBytes += Buffer.byteLength(line);
    if (this.#lines.length > FLUSH_ABOVE_CHARS && !this.#refused) this.flush();
    else this.#flushTimer ??= setTimeout(() => this.flush(), this.#refused ? RETRY_MS : FLUSH_WITHIN_MS);
  }

  flush(): boolean {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (this.#lines === '' && !this.#refused) return true;
    const fresh = Buffer.from(this.#lines, 'utf8');
    const bytes = this.#refused ? Buffer.concat([this.#refused, fresh]) : fresh;
    this.#lines = '';
    this.#lineBytes = 0;
    const { written, error } = this.#segments.write(bytes);
    this.#used += written;
    this.#free -= written;
    if (error) {
      if (!this.#refused) this.#onTrouble(new PinataError('SPOOL_FULL', { spool: this.#name }, { cause: error }));
      this.#refused = bytes.subarray(written);
      if (!this.#closed) this.#flushTimer = setTimeout(() => this.flush(), RETRY_MS);
    } else {
      this.#refused = null;
      this.#segments.rotate();
    }
    if (written > 0) this.#server.wake();
    return !error;
  }

  hasRoom(bytes: number): boolean {
    const wanted = this.#reserved + this.#lineBytes + bytes;
    return !this.#refused && this.#used + wanted <= this.#capBytes && wanted <= this.#free - KEEP_FREE_BYTES;
  }

  reserve(bytes: number): Reservation | null {
    if (!this.hasRoom(bytes)) return null;
    this.#reserved += bytes;
    let held = bytes;
    return {
      release: () => {
        this.#reserved -= held;
        held = 0;
      },
    };
  }

  async serve(socketPath: string): Promise<void> {
    await this.#server.listen(socketPath);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#roomTimer);
    this.flush();
    await this.#server.close();
    this.#segments.close();
  }

  /** Looks how much room the disk has. A disk that cannot be asked counts as full. */
  async measure(): Promise<void> {
    this.#free = await this.#freeBytes(this.#folder).catch(() => 0);
  }
}

async function freeOnDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
