import { connect, type Socket } from 'node:net';
import type { Fact } from '../wire/facts.ts';
import type { FeedStart, Position } from './feed.ts';
import { LineScanner, type ScannedLine } from './line.ts';

const RECONNECT_MS = 200;
const RECONNECT_MAX_MS = 2000;
const NEWLINE = 0x0a;

/** A fact and where its line lies in the spool: from `at` up to `next`, which is the offset to acknowledge. */
export interface FactAt {
  fact: Fact;
  at: number;
  next: number;
}

export interface SpoolReaderOptions {
  socketPath: string;
  /** Where to go on, or null for the first time. */
  from: Position | null;
  /**
   * Called at each connect, and again after a damaged line. `lost`: facts that should lie before `from` are not to be had. The
   * epoch changes when the spool was made anew; offsets of different epochs have nothing to do with each other.
   */
  onStart(start: { epoch: string; from: number; lost: boolean }): void;
  /** Gets the facts in order, one call at a time; the next ones wait for its promise. If it fails, the same ones come again. */
  onFacts(facts: FactAt[]): Promise<void>;
  onState(connected: boolean): void;
}

export interface SpoolReader {
  /** Everything below this offset of the current epoch is safe elsewhere: the spool may delete it. */
  ack(offset: number): void;
  stop(): void;
}

/** Follows a spool over its socket, and reconnects for ever. */
export function readSpool(options: SpoolReaderOptions): SpoolReader {
  const follower = new Follower(options);
  follower.connect();
  return follower;
}

class Follower implements SpoolReader {
  readonly #options: SpoolReaderOptions;
  #position: Position | null;
  #socket: Socket | null = null;
  #started = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: SpoolReaderOptions) {
    this.#options = options;
    this.#position = options.from;
  }

  ack(offset: number): void {
    if (this.#started && this.#socket?.writable) this.#socket.write(`{"ack":${offset}}\n`);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  connect(): void {
    const socket = connect(this.#options.socketPath);
    this.#socket = socket;
    this.#started = false;
    socket.on('connect', () => {
      const { epoch = null, offset = null } = this.#position ?? {};
      socket.write(`${JSON.stringify({ epoch, from: offset })}\n`);
    });
    socket.on('error', () => {});
    void this.#follow(socket)
      .catch(() => {
        this.#failures += 1;
      })
      .finally(() => this.#again());
  }

  async #follow(socket: Socket): Promise<void> {
    let head = Buffer.alloc(0);
    let scanner: LineScanner | null = null;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      let rest = chunk;
      if (!scanner) {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf(NEWLINE);
        if (end < 0) continue;
        const start = this.#start(head.toString('utf8', 0, end));
        scanner = new LineScanner(start.from);
        rest = head.subarray(end + 1);
      }
      await this.#hand(scanner.push(rest));
      if (this.#stopped) return;
    }
  }

  #start(line: string): FeedStart {
    const start = readStart(line);
    this.#position = { epoch: start.epoch, offset: start.from };
    this.#started = true;
    this.#options.onState(true);
    this.#options.onStart({ epoch: start.epoch, from: start.from, lost: start.lost });
    return start;
  }

  async #hand(lines: ScannedLine[]): Promise<void> {
    let facts: FactAt[] = [];
    for (const { fact, at, next } of lines) {
      if (fact) {
        facts.push({ fact, at, next });
        continue;
      }
      await this.#deliver(facts);
      facts = [];
      this.#goOn(next, true);
    }
    await this.#deliver(facts);
  }

  async #deliver(facts: FactAt[]): Promise<void> {
    const last = facts.at(-1);
    if (!last || this.#stopped) return;
    await this.#options.onFacts(facts);
    this.#failures = 0;
    this.#goOn(last.next, false);
  }

  #goOn(offset: number, lost: boolean): void {
    if (!this.#position || this.#stopped) return;
    this.#position = { epoch: this.#position.epoch, offset };
    if (lost) this.#options.onStart({ epoch: this.#position.epoch, from: offset, lost });
  }

  #again(): void {
    this.#socket?.destroy();
    if (this.#started) this.#options.onState(false);
    this.#started = false;
    if (this.#stopped) return;
    const wait = Math.min(RECONNECT_MS * 2 ** Math.min(this.#failures, 8), RECONNECT_MAX_MS);
    this.#timer = setTimeout(() => this.connect(), wait);
  }
}

function readStart(line: string): FeedStart {
  const said: unknown = JSON.parse(line);
  if (typeof said === 'object' && said !== null && 'epoch' in said && 'from' in said && 'lost' in said) {
    const { epoch, from, lost } = said;
    const spool = 'spool' in said ? String(said.spool) : '';
    if (typeof epoch === 'string' && typeof from === 'number') return { spool, epoch, from, lost: lost === true };
  }
  throw new Error('a spool began with something else');
}
