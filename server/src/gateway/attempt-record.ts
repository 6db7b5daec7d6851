import type { Reservation, Spool } from '../spool/spool.ts';
import type { CloseManner, CloseParty, CloseReason, Dialled, Direction, Opened } from '../wire/facts.ts';
import { type AttemptId, type Micros, nowMicros } from '../wire/ids.ts';
import { IncomingRedactor, OutgoingRedactor } from './redact.ts';
import { TAPE_SPOOL_BYTES, Tape } from './tape.ts';
import type { WithheldBodies } from './withheld-hashes.ts';

/** The most that an attempt writes to the spool without its bytes: open, dials, what was withheld, close. */
export const ROW_SPOOL_BYTES = 4096;

/** The most that both of its tapes write. */
export const TAPES_SPOOL_BYTES = 2 * TAPE_SPOOL_BYTES;

export interface AttemptRecordOptions {
  spool: Spool;
  opened: Omit<Opened, 'kind' | 't'>;
  /** Room for the row; given back when it is closed. */
  room: Reservation;
  /** Reserves room for both tapes. */
  reserveTapes: () => Reservation | null;
  /** Where the release is worth keeping out of the archive; null where nothing is withheld. */
  withheld: WithheldBodies | null;
  now?: () => Micros;
}

/** Writes the facts of one attempt: `open` at once, then what happens to it, then `close`, once. */
export class AttemptRecord {
  readonly id: AttemptId;
  readonly isSelfTest: boolean;
  readonly #spool: Spool;
  readonly #room: Reservation;
  readonly #reserveTapes: () => Reservation | null;
  #tapesRoom: Reservation | null = null;
  readonly #now: () => Micros;
  readonly #tapes: Record<Direction, Tape>;
  readonly #bytes: Record<Direction, number> = { in: 0, out: 0 };
  #closed = false;

  constructor({ spool, opened, room, reserveTapes, withheld, now = nowMicros }: AttemptRecordOptions) {
    this.id = opened.id;
    this.isSelfTest = opened.selfTest !== null;
    this.#spool = spool;
    this.#room = room;
    this.#reserveTapes = reserveTapes;
    this.#now = now;
    const common = { id: opened.id, append: spool.append.bind(spool) };
    this.#tapes = {
      in: new Tape({ ...common, dir: 'in', redactor: withheld && new IncomingRedactor(body => withheld.has(body)) }),
      out: new Tape({
        ...common,
        dir: 'out',
        redactor: withheld && new OutgoingRedactor(),
        onWithheld: sha256 => withheld?.add(sha256),
      }),
    };
    spool.append({ kind: 'open', t: now(), ...opened });
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /**
   * Makes ready for service: reserves room for everything that may be said, and makes `open` survive the death of this process. False
   * where either fails: then there is no service, and of what is said only length and hash are kept.
   */
  async begin(): Promise<boolean> {
    this.#tapesRoom ??= this.#reserveTapes();
    if (this.#tapesRoom && (await this.#spool.flushed())) return true;
    for (const tape of Object.values(this.#tapes)) tape.stopKeeping(this.#now());
    return false;
  }

  /** Makes everything so far survive the death of this process. False where the disk refused. */
  flush(): Promise<boolean> {
    return this.#spool.flushed();
  }

  dial(to: Dialled['to'], error: string | null): void {
    const fact: Dialled = { kind: 'dial', t: this.#now(), id: this.id, to, ok: error === null };
    this.#spool.append(error === null ? fact : { ...fact, error });
  }

  data(dir: Direction, bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#bytes[dir] += bytes.length;
    this.#tapes[dir].push(bytes, this.#now());
  }

  /** Writes the end; resolves once it is flushed. Only the first call counts. */
  async close(end: CloseReason, by: CloseParty, how: CloseManner): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const t = this.#now();
    this.#tapes.in.finish(t);
    this.#tapes.out.finish(t);
    const { in: bytesIn, out: bytesOut } = this.#bytes;
    this.#spool.append({ kind: 'close', t, id: this.id, end, by, how, bytesIn, bytesOut });
    this.#room.release();
    this.#tapesRoom?.release();
    await this.#spool.flushed();
  }
}
