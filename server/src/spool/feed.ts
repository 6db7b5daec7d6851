import { type FileHandle, open } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Segment, Segments } from './segments.ts';

const CHUNK_BYTES = 256 << 10;
const REQUEST_MAX_BYTES = 4096;
/** A reader that has everything is told of news this much later, so that a busy spool is sent in pieces worth a read. */
const GATHER_MS = 5;

/** Where a reader wants to go on. */
export interface Position {
  epoch: string;
  offset: number;
}

/** What the server answers first, as one JSON line. `lost`: bytes that the reader asked for are no longer there. */
export interface FeedStart {
  spool: string;
  epoch: string;
  from: number;
  lost: boolean;
}

/**
 * One reader's connection. It asks with one JSON line `{"epoch","from"}` (both may be null), is answered with a FeedStart, and then
 * gets the raw bytes from there on, live. Its later lines are acknowledgements `{"ack":offset}`. At a gap in the offsets the connection
 * ends: the reader asks again and is told what it lost.
 */
export class Feed {
  readonly #name: string;
  readonly #segments: Segments;
  readonly #socket: Socket;
  readonly #onAck: () => void;
  #received = '';
  #position: number | null = null;
  #acked: number | null = null;
  #stopped = false;
  #woken: () => void = () => {};

  constructor(name: string, segments: Segments, socket: Socket, onAck: () => void) {
    this.#name = name;
    this.#segments = segments;
    this.#socket = socket;
    this.#onAck = onAck;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', () => this.stop());
    socket.on('close', () => this.stop());
    socket.on('drain', () => this.#woken());
  }

  /** Everything below was acknowledged; null: this reader has not acknowledged anything. */
  get acked(): number | null {
    return this.#acked;
  }

  wake(): void {
    this.#woken();
  }

  stop(): void {
    this.#stopped = true;
    this.#woken();
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    const lines = this.#received.split('\n');
    this.#received = lines.pop() ?? '';
    for (const line of lines) this.#obey(line);
    if (this.#received.length > REQUEST_MAX_BYTES) this.stop();
  }

  #obey(line: string): void {
    const said = parseObject(line);
    if (!said) this.stop();
    else if (this.#position === null) this.#start(said);
    else if (typeof said.ack === 'number' && said.ack <= this.#position) {
      this.#acked = said.ack;
      this.#onAck();
    }
  }

  #start({ epoch, from }: Said): void {
    if (epoch === this.#segments.epoch && typeof from === 'number' && from > this.#segments.end) this.#segments.renew();
    const sameEpoch = epoch === this.#segments.epoch;
    const asked = sameEpoch && typeof from === 'number' && from <= this.#segments.end ? from : null;
    const given = this.#segments.following(asked ?? 0);
    const isNew = epoch === null || epoch === undefined;
    const lost = isNew ? given > 0 : given !== asked;
    const start: FeedStart = { spool: this.#name, epoch: this.#segments.epoch, from: given, lost };
    this.#position = given;
    this.#socket.write(`${JSON.stringify(start)}\n`);
    void this.#pump(given).catch(() => this.stop());
  }

  async #pump(from: number): Promise<void> {
    const file = new SegmentFile();
    try {
      let position = from;
      while (!this.#stopped) {
        const segment = this.#segments.locate(position);
        if (!segment) {
          this.#socket.end();
          return;
        }
        const available = segment.base + segment.size - position;
        if (available === 0) {
          await this.#news();
          await delay(GATHER_MS);
          continue;
        }
        const bytes = await file.read(segment, position - segment.base, Math.min(available, CHUNK_BYTES));
        position += bytes.length;
        this.#position = position;
        this.#socket.write(bytes);
        while (this.#socket.writableNeedDrain && !this.#stopped) await this.#news();
      }
    } finally {
      await file.close();
    }
  }

  #news(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise(resolve => {
      this.#woken = resolve;
    });
  }
}

/** Reads from whichever segment was asked for last. Having it open keeps its bytes even when it is deleted. */
class SegmentFile {
  #base: number | null = null;
  #file: FileHandle | null = null;

  async read(segment: Segment, at: number, length: number): Promise<Buffer> {
    if (this.#base !== segment.base) {
      await this.close();
      this.#file = await open(segment.path, 'r');
      this.#base = segment.base;
    }
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = (await this.#file?.read(buffer, 0, length, at)) ?? { bytesRead: 0 };
    if (bytesRead === 0) throw new Error('a segment is shorter than it was');
    return buffer.subarray(0, bytesRead);
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
    this.#base = null;
  }
}

interface Said {
  epoch?: unknown;
  from?: unknown;
  ack?: unknown;
}

function parseObject(line: string): Said | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
