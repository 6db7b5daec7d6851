import type { Duplex } from 'node:stream';
import type { CloseManner, CloseParty, CloseReason } from '../wire/facts.ts';
import type { AttemptRecord } from './attempt-record.ts';
import { DecisionWatch } from './decision-watch.ts';
import { type DialResult, NO_PLACE } from './guest-dialler.ts';
import type { Stage } from './place-choice.ts';
import type { Progress, Visitor } from './places.ts';
import { finishSoon, reset } from './tcp.ts';

export interface SpliceLimits {
  /** Until the attacker's first byte, where the attacker speaks first. */
  idleMs: number;
  /** Of the whole attempt. */
  lifetimeMs: number;
  /** Until the attacker's FIN, once the guest has sent its own. */
  lingerMs: number;
}

export const SPLICE_LIMITS: SpliceLimits = { idleMs: 20_000, lifetimeMs: 90_000, lingerMs: 10_000 };

const HEADER_BYTES = 5;
const HANDSHAKE = 22;
/** More than one read may bring is not taken from an attacker before the guest is there. */
const EARLY_MAX_BYTES = 64 << 10;

/** What whoever gives the guest's places away has to know of an attempt. */
export type Attempt = Omit<Visitor, 'network'>;

/** What a splice tells of what it sees. */
export type SplicedRecord = Pick<AttemptRecord, 'begin' | 'flush' | 'dial' | 'data' | 'close'>;

export interface SpliceOptions {
  attacker: Duplex;
  record: SplicedRecord;
  /** Dials the guest for this attempt, once it needs one. */
  dial: (attempt: Attempt) => Promise<DialResult>;
  /** Where the guest is the TLS client it is dialled at once; otherwise silence costs it nothing. */
  guestSpeaksFirst: boolean;
  limits?: SpliceLimits;
  onEnd: () => void;
}

/**
 * Joins an attacker and a guest. Bytes go on before they are recorded; half-closes, resets and back-pressure pass through as they are.
 *
 * The attempt is over when both sides have sent their FIN, or one its RST. `close` is then in the spool before our last FIN leaves: whoever
 * saw the end can find it in the record.
 */
export class Splice {
  readonly #attacker: Duplex;
  readonly #record: SplicedRecord;
  readonly #options: SpliceOptions;
  readonly #limits: SpliceLimits;
  #guest: Duplex | null = null;
  #dialling = false;
  /** Came before the guest was there. */
  #early: Uint8Array[] = [];
  #bytesIn = 0;
  readonly #decision: DecisionWatch;
  #attackerEnded = false;
  #guestEnded = false;
  #first: { by: CloseParty; how: CloseManner } | null = null;
  #over = false;
  #timer: NodeJS.Timeout;

  constructor(options: SpliceOptions) {
    const { attacker, record, guestSpeaksFirst, limits = SPLICE_LIMITS } = options;
    this.#attacker = attacker;
    this.#record = record;
    this.#options = options;
    this.#limits = limits;
    this.#decision = new DecisionWatch(guestSpeaksFirst ? 'client' : 'server');
    attacker.on('data', (bytes: Uint8Array) => this.#fromAttacker(bytes));
    attacker.on('end', () => this.#attackerEnd());
    attacker.on('drain', () => this.#guest?.resume());
    attacker.on('error', () => this.#broken('peer'));
    attacker.on('close', () => this.#broken('peer'));
    this.#timer = setTimeout(() => this.abort('idle_timeout', 'timeout'), limits.idleMs);
    if (guestSpeaksFirst) this.#serve();
  }

  /** Ends the attempt for a reason of the gateway's own. */
  abort(reason: CloseReason, how: CloseManner): void {
    if (this.#over) return;
    this.#close(reason, 'gateway', how, () => {
      finishSoon(this.#attacker);
      if (this.#guest) reset(this.#guest);
    });
  }

  /** Ends the attempt, because somebody else needs its room more. */
  giveWay(): void {
    if (this.#guestEnded) this.#lifetimeOver();
    else this.abort('evicted', 'fin');
  }

  #progress(): Progress {
    return { bytesIn: this.#bytesIn, isWhole: beginsWithRecord(this.#early), stage: this.#stage() };
  }

  #stage(): Stage {
    if (this.#guestEnded) return 'over';
    return this.#decision.isDecided ? 'decided' : 'handshake';
  }

  #fromAttacker(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#bytesIn += bytes.length;
    if (this.#guest) {
      if (!this.#guest.write(bytes)) this.#attacker.pause();
      this.#record.data('in', bytes);
      return;
    }
    this.#early.push(bytes);
    if (this.#bytesIn >= EARLY_MAX_BYTES) this.#attacker.pause();
    if (!this.#dialling) this.#serve();
    this.#record.data('in', bytes);
  }

  #serve(): void {
    this.#dialling = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lifetimeOver(), this.#limits.lifetimeMs);
    void this.#dial();
  }

  /** Dials the guest. No recording, no service. */
  async #dial(): Promise<void> {
    if (!(await this.#record.begin())) {
      this.abort('gateway_limited', 'fin');
      return;
    }
    const attempt: Attempt = {
      isWanted: () => !this.#over,
      progress: () => this.#progress(),
      giveWay: () => this.giveWay(),
    };
    if (!this.#over) this.#join(await this.#options.dial(attempt));
  }

  #join(result: DialResult): void {
    const failed = 'error' in result;
    if (this.#over) {
      if (!failed) reset(result.socket);
      return;
    }
    this.#record.dial('guest', failed ? result.error : null);
    if (failed) {
      this.abort(result.error === NO_PLACE ? 'gateway_limited' : 'backend_unavailable', 'fin');
      return;
    }
    const guest = result.socket;
    this.#guest = guest;
    guest.on('data', (bytes: Uint8Array) => this.#fromGuest(bytes));
    guest.on('end', () => this.#guestEnd());
    guest.on('drain', () => this.#attacker.resume());
    guest.on('error', () => this.#broken('guest'));
    guest.on('close', () => this.#broken('guest'));
    guest.write(Buffer.concat([result.preface, ...this.#early]));
    this.#early = [];
    if (this.#attackerEnded) guest.end();
    else if (guest.writableNeedDrain) this.#attacker.pause();
    else this.#attacker.resume();
  }

  #fromGuest(bytes: Uint8Array): void {
    if (this.#over) return;
    if (!this.#attacker.write(bytes)) this.#guest?.pause();
    this.#record.data('out', bytes);
    this.#decision.push(bytes);
  }

  #attackerEnd(): void {
    if (this.#over) return;
    this.#attackerEnded = true;
    this.#first ??= { by: 'peer', how: 'fin' };
    if (!this.#dialling || this.#guestEnded) this.#done();
    else this.#guest?.end();
  }

  #guestEnd(): void {
    if (this.#over) return;
    this.#guestEnded = true;
    this.#first ??= { by: 'guest', how: 'fin' };
    if (this.#attackerEnded) {
      this.#done();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lifetimeOver(), this.#limits.lingerMs);
    void this.#record.flush().then(() => this.#attacker.end());
  }

  /** Both have said that they are through. */
  #done(): void {
    this.#finish(() => {
      finishSoon(this.#attacker);
      if (this.#guest) finishSoon(this.#guest);
    });
  }

  /** A reset; or a side that is gone without a FIN. */
  #broken(by: 'peer' | 'guest'): void {
    if (this.#over) return;
    this.#first ??= { by, how: 'rst' };
    this.#finish(() => {
      reset(this.#attacker);
      if (this.#guest) reset(this.#guest);
    });
  }

  #lifetimeOver(): void {
    if (this.#over) return;
    this.#first ??= { by: 'gateway', how: 'timeout' };
    this.#finish(() => {
      finishSoon(this.#attacker);
      if (this.#guest) reset(this.#guest);
    });
  }

  #finish(leave: () => void): void {
    const { by, how } = this.#first ?? { by: 'gateway', how: 'fin' };
    this.#close('done', by, how, leave);
  }

  /** `leave` ends the connections, once the end is written. */
  #close(reason: CloseReason, by: CloseParty, how: CloseManner, leave: () => void): void {
    this.#over = true;
    clearTimeout(this.#timer);
    void this.#record.close(reason, by, how).then(leave);
    this.#options.onEnd();
  }
}

/** Whether a whole TLS record is there (RFC 8446 §5.1): type(1) version(2) length(2), and as many bytes. */
function beginsWithRecord(parts: readonly Uint8Array[]): boolean {
  const [first] = parts;
  if (first?.[0] !== HANDSHAKE || first.length < HEADER_BYTES) return false;
  const length = ((first[3] ?? 0) << 8) | (first[4] ?? 0);
  return parts.reduce((sum, part) => sum + part.length, 0) >= HEADER_BYTES + length;
}
