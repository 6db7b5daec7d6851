import { randomBytes } from 'node:crypto';
import {
  close,
  closeSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { soundLength } from './line.ts';

const SEGMENT_BYTES = 8 << 20;
/** A segment holds addresses, and is deleted as a whole once it was read: also where few come, none may be written for longer. */
export const SEGMENT_AGE_MS = 12 * 3_600_000;
const SYNC_WITHIN_MS = 50;
const EPOCH_FILE = 'epoch';
const NEWLINE = 0x0a;
const SEGMENT_NAME = /^(\d{16})\.spool$/;

/**
 * How far offsets jump after the machine went down. A reader may have seen bytes that never reached the disk; were their offsets
 * used again, it would take new facts for ones that it has. More than can be written between two syncs.
 */
const JUMP_BYTES = 1 << 30;

/** A file of the spool: the bytes from logical offset `base` to `base + size`. */
export interface Segment {
  readonly base: number;
  readonly path: string;
  size: number;
}

export interface SegmentsOptions {
  folder: string;
  segmentBytes?: number;
  /** Names the running kernel: another name means that the machine was restarted since. */
  machine?: string;
  nowMs?: () => number;
  /** Told when a sync fails: what was written may not survive a power cut. */
  onSyncError?: (error: Error) => void;
}

/**
 * The files of a spool. Written at the end only, through one descriptor, in whole lines; synced in groups. Offsets are logical: they
 * go on over all segments of an epoch and never go back.
 */
export class Segments {
  #epoch: string;
  readonly #machine: string;
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #onSyncError: (error: Error) => void;
  readonly #nowMs: () => number;
  readonly #segments: Segment[];
  #begunMs: number;
  #fd: number;
  #timer: NodeJS.Timeout | undefined;
  #syncing = false;
  #dirty = false;
  #closed = false;

  /** Opens the folder, makes it if it is missing, and cuts torn tails. */
  constructor({
    folder,
    segmentBytes = SEGMENT_BYTES,
    machine = kernelBootId(),
    nowMs = Date.now,
    onSyncError,
  }: SegmentsOptions) {
    mkdirSync(folder, { recursive: true, mode: 0o750 });
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
    this.#onSyncError = onSyncError ?? (() => {});
    this.#nowMs = nowMs;
    this.#begunMs = nowMs();
    const { segments, damagedTo } = recover(folder);
    this.#segments = segments;
    const known = this.#segments.length > 0 ? readEpoch(folder) : null;
    this.#epoch = known?.epoch ?? newEpoch();
    this.#machine = machine;
    if (!known) for (const segment of this.#segments.splice(0)) unlinkSync(segment.path);
    if (known?.machine !== machine) writeEpoch(folder, { epoch: this.#epoch, machine });
    const last = this.#segments.at(-1);
    if (!last) this.#fd = this.#begin(0);
    else if (known?.machine !== machine) this.#fd = this.#begin(this.end + JUMP_BYTES);
    else if (damagedTo !== null) this.#fd = this.#begin(damagedTo);
    else {
      this.#fd = openSync(last.path, 'a');
      this.#begunMs = begunMs(last.path);
    }
    syncFolder(folder);
  }

  get epoch(): string {
    return this.#epoch;
  }

  /**
   * Bytes that a reader has seen are gone from the end, and others will have their offsets: for readers it is another spool from here
   * on.
   */
  renew(): void {
    this.#epoch = newEpoch();
    writeEpoch(this.#folder, { epoch: this.#epoch, machine: this.#machine });
  }

  /** Offset of the first byte that is kept. */
  get start(): number {
    return this.#segments[0]?.base ?? 0;
  }

  /** Offset after the last byte. */
  get end(): number {
    const last = this.#segments.at(-1);
    return last ? last.base + last.size : 0;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.size, 0);
  }

  /** Writes as many bytes as the disk takes. Answers how many, and why not all. Begins a new segment only between calls. */
  write(bytes: Buffer): { written: number; error: Error | null } {
    let written = 0;
    let error: Error | null = null;
    while (written < bytes.length && !error) {
      try {
        written += writeSync(this.#fd, bytes, written);
      } catch (cause) {
        error = cause instanceof Error ? cause : new Error(String(cause));
      }
    }
    const current = this.#segments.at(-1);
    if (current) current.size += written;
    if (written > 0) this.#syncSoon();
    return { written, error };
  }

  /** Begins a new segment if the current one is full or old. Only where the last byte ends a line. */
  rotate(): void {
    const current = this.#segments.at(-1);
    if (!current || current.size === 0) return;
    if (current.size < this.#segmentBytes && this.#nowMs() - this.#begunMs < SEGMENT_AGE_MS) return;
    const full = this.#fd;
    this.#fd = this.#begin(this.end);
    const closeOnceSynced = (fd: number) =>
      fsync(fd, error => {
        if (error) this.#onSyncError(error);
        close(fd, () => {});
      });
    closeOnceSynced(full);
    closeOnceSynced(openSync(this.#folder, 'r'));
  }

  /** Deletes the segments that lie wholly below `offset`, never the one that is being written. */
  trim(offset: number): void {
    for (;;) {
      const [first, second] = this.#segments;
      if (!first || !second || first.base + first.size > offset) return;
      unlinkSync(first.path);
      this.#segments.shift();
    }
  }

  /** The segment that holds the byte at `offset`, or will hold it next. Null in a gap, below the start or past the end. */
  locate(offset: number): Segment | null {
    const index = this.#segments.findLastIndex(segment => segment.base <= offset);
    const segment = this.#segments[index];
    if (!segment) return null;
    const size = offset - segment.base;
    const isLast = index === this.#segments.length - 1;
    return size < segment.size || (isLast && size === segment.size) ? segment : null;
  }

  /** The first offset from `offset` on where there is a byte, or will be. */
  following(offset: number): number {
    if (this.locate(offset)) return offset;
    return this.#segments.find(segment => segment.base >= offset)?.base ?? this.start;
  }

  /** Syncs and closes. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    fsyncSync(this.#fd);
    closeSync(this.#fd);
  }

  #begin(base: number): number {
    const path = join(this.#folder, `${String(base).padStart(16, '0')}.spool`);
    const fd = openSync(path, 'ax', 0o600);
    this.#segments.push({ base, path, size: 0 });
    this.#begunMs = this.#nowMs();
    return fd;
  }

  #syncSoon(): void {
    this.#dirty = true;
    if (this.#syncing || this.#timer) return;
    this.#timer = setTimeout(() => this.#sync(), SYNC_WITHIN_MS);
  }

  #sync(): void {
    this.#timer = undefined;
    if (this.#closed) return;
    this.#dirty = false;
    this.#syncing = true;
    fsync(this.#fd, error => {
      this.#syncing = false;
      if (error && !this.#closed) this.#onSyncError(error);
      if (this.#dirty && !this.#closed) this.#syncSoon();
    });
  }
}

/** What is left of a spool's files. `damagedTo`: where whole lines ended that were damaged and are cut off; their offsets stay a gap. */
interface Recovered {
  segments: Segment[];
  damagedTo: number | null;
}

/** Lists the segments in order. A tail that a killed process or a power cut left unfinished is cut off. */
function recover(folder: string): Recovered {
  const segments = readdirSync(folder)
    .filter(name => SEGMENT_NAME.test(name))
    .sort()
    .map(name => ({ base: Number.parseInt(name, 10), path: join(folder, name), size: 0 }));
  let damagedTo: number | null = null;
  for (const [index, segment] of segments.entries()) {
    segment.size = statSync(segment.path).size;
    const next = segments[index + 1];
    if (next && next.base === segment.base + segment.size) continue;
    const bytes = readFileSync(segment.path);
    const sound = soundLength(bytes);
    if (sound < segment.size) truncateSync(segment.path, sound);
    segment.size = sound;
    if (!next && bytes.includes(NEWLINE, sound)) damagedTo = segment.base + bytes.length;
  }
  return { segments, damagedTo };
}

/** When a file was made; where the file system does not tell, when it was last written. */
function begunMs(path: string): number {
  const { birthtimeMs, mtimeMs } = statSync(path);
  return birthtimeMs > 0 ? birthtimeMs : mtimeMs;
}

interface Epoch {
  epoch: string;
  machine: string;
}

function newEpoch(): string {
  return randomBytes(16).toString('hex');
}

function readEpoch(folder: string): Epoch | null {
  try {
    const [epoch = '', machine = ''] = readFileSync(join(folder, EPOCH_FILE), 'utf8').split('\n');
    return /^[0-9a-f]{32}$/.test(epoch) ? { epoch, machine } : null;
  } catch {
    return null;
  }
}

function writeEpoch(folder: string, { epoch, machine }: Epoch): void {
  const path = join(folder, EPOCH_FILE);
  writeFileSync(`${path}.new`, `${epoch}\n${machine}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
  syncFolder(folder);
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

function kernelBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
