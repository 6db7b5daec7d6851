import { statfs } from 'node:fs/promises';
import { PinataError } from '../errors.ts';
import type { Fact } from '../wire/facts.ts';
import { encodeLine } from './line.ts';
import { LineBuffer } from './line-buffer.ts';
import { Segments, type SegmentsOptions } from './segments.ts';
import { SpoolServer } from './server.ts';

const FLUSH_WITHIN_MS = 10;
const FLUSH_ABOVE_BYTES = 256 << 10;
/** So long a busy spool gathers those who wait for a flush, and writes for all of them at once; a quiet one writes at once. */
const GATHER_MS = 1;
/** It is busy while at least so many waited for the last one. */
const BUSY_WAITERS = 4;
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
  /** The same a moment later, with everything that others append meanwhile: one write for all. */
  flushed(): Promise<boolean>;
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
  /** What was appended and not yet handed to the disk. */
  readonly #lines = new LineBuffer(2 * FLUSH_ABOVE_BYTES);
  /** Bytes that the disk refused. They may begin in the middle of a line. */
  #refused: Buffer | null = null;
  #flushTimer: NodeJS.Timeout | null = null;
  /** The next flush, where somebody waits for it. */
  #awaited: Promise<boolean> | null = null;
  #waiters = 0;
  #isBusy = false;
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
    this.#lines.push(encodeLine(fact));
    if (this.#lines.length > FLUSH_ABOVE_BYTES && !this.#refused) this.flush();
    else this.#flushWithin(this.#refused ? RETRY_MS : FLUSH_WITHIN_MS);
  }

  flush(): boolean {
    if (this.#lines.length === 0 && !this.#refused) return true;
    if (this.#closed) return false;
    const fresh = this.#lines.take();
    const bytes = this.#refused ? Buffer.concat([this.#refused, fresh]) : fresh;
    const { written, error } = this.#segments.write(bytes);
    this.#used += written;
    this.#free -= written;
    if (error) {
      if (!this.#refused) this.#onTrouble(new PinataError('SPOOL_FULL', { spool: this.#name }, { cause: error }));
      this.#refused = Buffer.from(bytes.subarray(written));
      this.#flushWithin(RETRY_MS);
    } else {
      this.#refused = null;
      this.#segments.rotate();
    }
    if (written > 0) this.#server.wake();
    return !error;
  }

  flushed(): Promise<boolean> {
    this.#waiters += 1;
    this.#awaited ??= new Promise(resolve => {
      const flush = () => {
        this.#isBusy = this.#waiters >= BUSY_WAITERS;
        this.#waiters = 0;
        this.#awaited = null;
        resolve(this.flush());
      };
      if (this.#isBusy) setTimeout(flush, GATHER_MS);
      else setImmediate(flush);
    });
    return this.#awaited;
  }

  hasRoom(bytes: number): boolean {
    const wanted = this.#reserved + this.#lines.length + bytes;
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
    this.flush();
    this.#closed = true;
    clearInterval(this.#roomTimer);
    clearTimeout(this.#flushTimer ?? undefined);
    await this.#server.close();
    this.#segments.close();
  }

  /** One timer at a time: where a flush comes before it, it finds nothing to do. */
  #flushWithin(ms: number): void {
    if (this.#closed) return;
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = null;
      this.flush();
    }, ms);
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
