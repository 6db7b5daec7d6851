import { timeOf } from '../time.ts';
import { Budget } from './budget.ts';
import { type Bulletin, NOTICES, type Notice, type Told } from './bulletin.ts';
import { attemptsFrame, eventText } from './frame.ts';
import type { Ring } from './ring.ts';

const ROWS_PER_SECOND = 10;
const ROWS_PER_FRAME = 5;
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

/** One client of the live stream: where it is, what it was told, what it may still get, whether it keeps up. */
export class Stream {
  readonly #sink: Sink;
  readonly #budget = new Budget(ROWS_PER_SECOND, ROWS_PER_FRAME);
  readonly #told: Told;
  #ring: Ring;
  #cursor: number;
  #stalledSince: number | null = null;
  #over = false;

  /** A client that has seen everything up to `cursor`; no beat is due yet. */
  constructor(sink: Sink, ring: Ring, cursor: number, beats: number) {
    this.#sink = sink;
    this.#ring = ring;
    this.#cursor = cursor;
    this.#told = { status: 0, stats: 0, firsts: cursor, beat: beats };
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Says hello, and all that there is to say. */
  begin(bulletin: Bulletin, frames: FrameCache, nowMs: number): void {
    this.#sink.write(eventText('hello', { cursor: this.#cursor, now: timeOf(nowMs * 1000) }));
    for (const notice of ['stats', 'status', 'firsts'] as const) this.#tell(notice, bulletin, frames);
    this.#advance(frames, nowMs);
  }

  /** One round: new attempts, and one of whatever else is new. What a reader that does not keep up misses, it is told later. */
  tick(ring: Ring, bulletin: Bulletin, frames: FrameCache, nowMs: number): void {
    if (!this.#keepsUp(nowMs)) return;
    if (ring === this.#ring) this.#advance(frames, nowMs);
    else this.#restart(ring);
    NOTICES.some(notice => this.#tell(notice, bulletin, frames));
  }

  /** Ends the response. What is sent after that goes nowhere. */
  end(): void {
    this.#over = true;
    this.#sink.end();
  }

  /** Sends what came since its last frame, as far as its budget allows; otherwise it waits for the next round. */
  #advance(frames: FrameCache, nowMs: number): void {
    const ring = this.#ring;
    if (!ring.covers(this.#cursor)) {
      this.#restart(ring);
      return;
    }
    const allowed = this.#budget.available(nowMs);
    if (ring.cursor === this.#cursor || allowed === 0) return;
    const { text, shown } = frames.attempts(ring, this.#cursor, allowed);
    this.#budget.spend(shown, nowMs);
    this.#cursor = ring.cursor;
    this.#sink.write(text);
  }

  /** True if this was news. */
  #tell(notice: Notice, bulletin: Bulletin, frames: FrameCache): boolean {
    if (!bulletin.isNews(notice, this.#told)) return false;
    this.#sink.write(frames.notice(bulletin, notice, this.#told, this.#cursor));
    this.#told[notice] = bulletin.version(notice);
    return true;
  }

  /** Tells the client that it cannot continue from where it was: it starts again from a snapshot. */
  #restart(ring: Ring): void {
    this.#ring = ring;
    this.#cursor = ring.cursor;
    this.#told.firsts = ring.cursor;
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

/** Texts of one round and of those who come before the next: most clients stand at the same place and get the same. */
export class FrameCache {
  readonly #frames = new Map<string, { text: string; shown: number }>();
  readonly #notices = new Map<string, string>();

  attempts(ring: Ring, after: number, rowsMax: number): { text: string; shown: number } {
    const key = `${after}/${ring.cursor}/${rowsMax}`;
    const known = this.#frames.get(key);
    if (known) return known;
    const frame = attemptsFrame(ring.after(after), after, ring.cursor, rowsMax);
    const made = { text: eventText('attempts', frame, ring.cursor), shown: frame.rows.length };
    this.#frames.set(key, made);
    return made;
  }

  notice(bulletin: Bulletin, notice: Notice, told: Told, cursor: number): string {
    const key = `${bulletin.key(notice, told, cursor)} ${bulletin.version(notice)}`;
    const text = this.#notices.get(key) ?? bulletin.text(notice, told, cursor);
    this.#notices.set(key, text);
    return text;
  }
}
