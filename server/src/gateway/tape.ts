import { createHash, type Hash } from 'node:crypto';
import type { Data, Direction, Withheld } from '../wire/facts.ts';
import type { AttemptId, Micros } from '../wire/ids.ts';
import type { Piece, Redactor } from './redact.ts';

/** What is kept of each direction of an attempt; of the rest, length and hash. */
export const TAPE_CAP_BYTES = 256 << 10;

/**
 * So many reads are told one by one, because their sizes and gaps say how somebody drips. Later ones are gathered, so that one byte at
 * a time cannot fill the disk with a fact for each.
 */
const SINGLE_FACTS = 256;
const GATHER_BYTES = 2048;
/** So many withheld stretches are told one by one, later ones as one. A guest sends a handful. */
const WITHHELD_FACTS = 64;

/** What surrounds the bytes of a fact in its line, at most. */
const DATA_FRAME_BYTES = 160;
const WITHHELD_FRAME_BYTES = 240;

/** The most that one direction writes to the spool: its bytes in base64, and the frame of each fact. */
export const TAPE_SPOOL_BYTES =
  Math.ceil(TAPE_CAP_BYTES / 3) * 4 +
  (SINGLE_FACTS + TAPE_CAP_BYTES / GATHER_BYTES + WITHHELD_FACTS + 2) * DATA_FRAME_BYTES +
  (WITHHELD_FACTS + 2) * WITHHELD_FRAME_BYTES;

export interface TapeOptions {
  id: AttemptId;
  dir: Direction;
  redactor: Redactor | null;
  append: (fact: Data | Withheld) => void;
  onWithheld?: (sha256: string) => void;
}

/** Records one direction of an attempt as facts. */
export class Tape {
  readonly #options: TapeOptions;
  #at = 0;
  #facts = 0;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #gatheredAt = 0;
  #gatheredT: Micros = 0;
  #withheld: { at: number; length: number; hash: Hash; why: Withheld['why'] } | null = null;
  #withheldFacts = 0;
  #capped = false;

  constructor(options: TapeOptions) {
    this.#options = options;
  }

  /** The bytes were seen at `t`. They are not used after this call. */
  push(bytes: Uint8Array, t: Micros): void {
    const { redactor } = this.#options;
    if (redactor) this.#take(redactor.push(bytes), t);
    else this.#keep(bytes, t);
  }

  /** Writes what was held back. */
  finish(t: Micros): void {
    this.#take(this.#options.redactor?.finish() ?? [], t);
    this.#tellGathered();
    this.#tellWithheld(t);
  }

  /** From here on only length and hash are kept. */
  stopKeeping(t: Micros): void {
    this.#tellGathered();
    this.#cap(t);
  }

  /** What was read at once and is kept stays together: a fact is a read. */
  #take(pieces: Piece[], t: Micros): void {
    let kept: Uint8Array[] = [];
    const keepAll = () => {
      if (kept.length > 0) this.#keep(kept.length === 1 && kept[0] ? kept[0] : Buffer.concat(kept), t);
      kept = [];
    };
    for (const { bytes, keep, ends } of pieces) {
      if (keep) {
        kept.push(bytes);
        continue;
      }
      keepAll();
      this.#withhold(bytes, 'ciphertext', t);
      if (ends && !this.#capped) this.#tellWithheld(t);
    }
    keepAll();
  }

  #keep(bytes: Uint8Array, t: Micros): void {
    const room = this.#capped ? 0 : Math.max(0, TAPE_CAP_BYTES - this.#at);
    const kept = bytes.subarray(0, room);
    if (kept.length > 0) this.#data(kept, t);
    if (kept.length < bytes.length) {
      this.#cap(t);
      this.#withhold(bytes.subarray(kept.length), 'cap', t);
    }
  }

  #cap(t: Micros): void {
    if (this.#capped) return;
    this.#tellWithheld(t);
    this.#capped = true;
  }

  #data(bytes: Uint8Array, t: Micros): void {
    this.#tellWithheld(t);
    if (this.#facts < SINGLE_FACTS) {
      this.#tellData(bytes, this.#at, t);
    } else {
      if (this.#gatheredBytes === 0) {
        this.#gatheredAt = this.#at;
        this.#gatheredT = t;
      }
      this.#gathered.push(Uint8Array.from(bytes));
      this.#gatheredBytes += bytes.length;
      if (this.#gatheredBytes >= GATHER_BYTES) this.#tellGathered();
    }
    this.#at += bytes.length;
  }

  #withhold(bytes: Uint8Array, why: Withheld['why'], t: Micros): void {
    this.#tellGathered();
    if (this.#withheldFacts >= WITHHELD_FACTS) this.#cap(t);
    this.#withheld ??= { at: this.#at, length: 0, hash: createHash('sha256'), why };
    this.#withheld.hash.update(bytes);
    this.#withheld.length += bytes.length;
    this.#at += bytes.length;
  }

  #tellData(bytes: Uint8Array, at: number, t: Micros): void {
    const { id, dir, append } = this.#options;
    this.#facts += 1;
    append({ kind: 'data', t, id, dir, at, bytes: base64(bytes) });
  }

  #tellGathered(): void {
    if (this.#gatheredBytes === 0) return;
    this.#tellData(Buffer.concat(this.#gathered), this.#gatheredAt, this.#gatheredT);
    this.#gathered = [];
    this.#gatheredBytes = 0;
  }

  #tellWithheld(t: Micros): void {
    if (!this.#withheld) return;
    const { id, dir, append, onWithheld } = this.#options;
    const { at, length, hash, why } = this.#withheld;
    const sha256 = hash.digest('hex');
    this.#withheld = null;
    this.#withheldFacts += 1;
    append({ kind: 'withheld', t, id, dir, at, length, sha256, why });
    if (why === 'ciphertext') onWithheld?.(sha256);
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
