import type { SpoolProgress } from '../store/publication.ts';
import type { Micros } from '../wire/ids.ts';
import type { SpoolName } from '../wire/spools.ts';

/** Where reading of one spool stands. */
export class SpoolCursor {
  readonly name: SpoolName;
  #epoch: string | null;
  /** Offset after the last fact that was taken. */
  #next: number;
  /** Facts below it were counted before this process began; they are read again only for the attempts among them. */
  #counted: number;
  #time: Micros;
  #lost: number;

  constructor(name: SpoolName, stored: SpoolProgress | null) {
    this.name = name;
    this.#epoch = stored?.epoch ?? null;
    this.#next = stored?.position ?? 0;
    this.#counted = stored?.head ?? 0;
    // The time starts at nothing: what is read again has to happen again before anyone's patience ends.
    this.#time = 0;
    this.#lost = stored?.lost ?? 0;
  }

  get epoch(): string | null {
    return this.#epoch;
  }

  get next(): number {
    return this.#next;
  }

  /** The newest time that was read from the spool. */
  get time(): Micros {
    return this.#time;
  }

  /** Facts known to be missing, in all. */
  get lost(): number {
    return this.#lost;
  }

  /** The spool begins (again) at an offset. True if it is another spool than before. */
  start({ epoch, from, lost }: { epoch: string; from: number; lost: boolean }): boolean {
    const another = this.#epoch !== null && this.#epoch !== epoch;
    if (another || this.#epoch === null) this.#counted = from;
    this.#epoch = epoch;
    if (another || from > this.#next) this.#next = from;
    if (lost) this.#lost += 1;
    return another;
  }

  /** Moves past a fact. `known`: it was taken before; `counted`: it was counted by an earlier process. */
  take(at: number, next: number, t: Micros): { known: boolean; counted: boolean } {
    const known = at < this.#next;
    if (!known) this.#next = next;
    this.#time = Math.max(this.#time, t);
    return { known, counted: at < this.#counted };
  }

  missed(count: number): void {
    this.#lost += count;
  }

  /** What to store once everything that was taken is written; `held`: the first offset that is still needed. */
  progress(held: number | null): SpoolProgress | null {
    if (this.#epoch === null) return null;
    return {
      spool: this.name,
      epoch: this.#epoch,
      position: held ?? this.#next,
      head: Math.max(this.#next, this.#counted),
      beatUs: this.#time,
      lost: this.#lost,
    };
  }
}
