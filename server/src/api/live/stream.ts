import type { StreamEvents } from '../snapshot.ts';
import { Budget } from './budget.ts';
import { attemptsFrame, eventText } from './frame.ts';
import type { Ring } from './ring.ts';

const ROWS_PER_SECOND = 10;
/** A client that leaves this much unread, or reads nothing for so long, is dropped; it resumes by its last id. */
const UNREAD_MAX_BYTES = 128 * 1024;
const STALL_MAX_MS = 15_000;

/** The part of a response that a stream needs. */
export interface Sink {
  write(text: string): boolean;
  readonly writableNeedDrain: boolean;
  readonly writableLength: number;
  end(): void;
  destroy(): void;
}

/** One client of the live stream: where it is, what it may still get, whether it keeps up. */
export class Stream {
  readonly #sink: Sink;
  readonly #budget: Budget;
  #cursor: number;
  #stalledSince: number | null = null;
  #over = false;

  constructor(sink: Sink, cursor: number, nowMs: number) {
    this.#sink = sink;
    this.#cursor = cursor;
    this.#budget = new Budget(ROWS_PER_SECOND, nowMs);
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Sends what came since its last frame, as far as rate and reader allow; otherwise it waits for the next tick. */
  advance(ring: Ring, nowMs: number, frames: FrameCache): void {
    if (!this.#keepsUp(nowMs)) return;
    if (!ring.covers(this.#cursor)) {
      this.#restart(ring.cursor);
      return;
    }
    const allowed = this.#budget.available(nowMs);
    if (ring.cursor === this.#cursor || allowed === 0) return;
    const { text, shown } = frames.get(ring, this.#cursor, allowed);
    this.#budget.spend(shown);
    this.#cursor = ring.cursor;
    this.#sink.write(text);
  }

  /** Sends any other event; left out for a client that is not reading, since a newer one will follow. */
  send<E extends keyof StreamEvents>(event: E, data: StreamEvents[E], nowMs: number): void {
    if (this.#keepsUp(nowMs)) this.#sink.write(eventText(event, data));
  }

  /** Ends the response. What is sent after that goes nowhere. */
  end(): void {
    this.#over = true;
    this.#sink.end();
  }

  /** Tells the client that it cannot continue from where it was: it starts again from a snapshot. */
  #restart(cursor: number): void {
    this.#cursor = cursor;
    this.#sink.write(eventText('reset', {}));
  }

  #keepsUp(nowMs: number): boolean {
    if (this.#over) return false;
    if (!this.#sink.writableNeedDrain) {
      this.#stalledSince = null;
      return true;
    }
    this.#stalledSince ??= nowMs;
    if (this.#sink.writableLength > UNREAD_MAX_BYTES || nowMs - this.#stalledSince > STALL_MAX_MS) this.#sink.destroy();
    return false;
  }
}

/** Frames of one tick: most clients stand at the same place and get the same text. */
export class FrameCache {
  readonly #frames = new Map<string, { text: string; shown: number }>();

  get(ring: Ring, after: number, rowsMax: number): { text: string; shown: number } {
    const key = `${after}/${rowsMax}`;
    const known = this.#frames.get(key);
    if (known) return known;
    const frame = attemptsFrame(ring.after(after), after, ring.cursor, rowsMax);
    const made = { text: eventText('attempts', frame, ring.cursor), shown: frame.rows.length };
    this.#frames.set(key, made);
    return made;
  }
}
