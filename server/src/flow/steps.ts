import type { TranscriptLine } from '../evidence/transcript.ts';
import type { PlainAlert, RecordSeen, TlsObservation } from '../tls/observation.ts';
import { ContentType, HandshakeType, Version } from '../tls/protocol.ts';
import type { Direction, GuestRole } from '../wire/facts.ts';
import type { Outcome } from '../wire/outcomes.ts';
import type { CoarseClock } from './coarse-clock.ts';
import { type Held, HOLDS_MAX, type Step } from './flow.ts';
import { handshakeName, recordName } from './message-names.ts';
import type { Piece } from './pieces.ts';
import { sizeTells } from './sizes.ts';
import { flightOf, Told } from './told.ts';

/** A step that more may be added to. */
type Draft = { -readonly [K in keyof Step]: Step[K] };

/** The messages of a connection, from its pieces and from what the target told of those that nobody else can read. */
export function messageSteps(
  pieces: readonly Piece[],
  lines: readonly TranscriptLine[],
  observation: TlsObservation,
  { role, clock, outcome }: { role: GuestRole; clock: CoarseClock; outcome: Outcome },
): { step: Step; t: number }[] {
  const walk = new Walk(observation, new Told(lines, role), clock);
  for (const piece of pieces) walk.take(piece);
  return walk.finish(outcome);
}

class Walk {
  readonly #observation: TlsObservation;
  readonly #told: Told;
  readonly #clock: CoarseClock;
  readonly #alerts: ReadonlyMap<string, PlainAlert>;
  readonly #steps: { step: Draft; t: number }[] = [];
  /** The last encrypted step of each direction. */
  readonly #sealed: Record<Direction, Draft | null> = { in: null, out: null };
  readonly #said = { in: 0, out: 0 };
  #serverHellos = 0;
  #cipherChanged = { in: false, out: false };
  #peerFinished = false;

  constructor(observation: TlsObservation, told: Told, clock: CoarseClock) {
    this.#observation = observation;
    this.#told = told;
    this.#clock = clock;
    this.#alerts = new Map(
      observation.alerts.map(alert => [`${alert.from === 'attacker' ? 'in' : 'out'} ${alert.offset}`, alert]),
    );
  }

  take(piece: Piece): void {
    const { record, dir } = piece;
    if (record === null) this.#takeLoose(piece);
    else if (this.#isProtected(record)) this.#takeProtected(piece);
    else this.#takePlain(piece, record);
    this.#said[dir] += 1;
  }

  finish(outcome: Outcome): { step: Step; t: number }[] {
    // What it heard after its last word came in what was sent last.
    this.#hear(this.#sealed.in);
    const proved = PROVED[outcome];
    const last = this.#sealed.in;
    if (proved && last?.holds.every(({ name }) => name !== proved.name)) hold(last, [proved]);
    return this.#steps;
  }

  #takeLoose(piece: Piece): void {
    const { dir, sealed } = piece;
    const { recordsIn, recordsOut, records, ssl2, hello } = this.#observation;
    const described = records.filter(record => record.dir === dir).length;
    const unlisted = (dir === 'in' ? recordsIn : recordsOut) - described;
    if (unlisted > 0 && this.#said[dir] >= described) {
      this.#add(piece, { kind: 'gap', records: unlisted, epoch: null, encrypted: false });
    } else if (dir === 'in' && ssl2 !== null && this.#said.in === 0) {
      this.#add(piece, { holds: [read('Ssl2ClientHello')], bytes: hello?.bytes ?? piece.bytes, records: 1 });
    } else {
      this.#add(piece, { kind: 'bytes', records: 0, encrypted: sealed, epoch: sealed ? null : 'none' });
    }
  }

  #takePlain(piece: Piece, record: RecordSeen): void {
    const holds = this.#readable(piece, record);
    const last = this.#steps.at(-1)?.step;
    const fits = last?.kind === 'message' && last.from === sender(piece.dir) && !last.encrypted;
    if (fits && continues(last.holds, holds)) {
      extend(last, piece);
      if (isFragment(last.holds)) last.holds = holds;
    } else {
      this.#add(piece, { holds, records: 1 });
    }
    for (const { name, number } of holds) {
      if (name === 'Alert' && number !== null && piece.dir === 'out') {
        this.#hear(this.#sealed.in);
        this.#told.passAlert(number);
      }
    }
    if (record.type === ContentType.changeCipherSpec && this.#older && this.#serverHelloPassed)
      this.#cipherChanged[piece.dir] = true;
  }

  #readable({ dir, offset }: Piece, { type, messages }: RecordSeen): Held[] {
    if (type === ContentType.handshake) {
      if (messages.length === 0) return [read('Fragment')];
      return messages.slice(0, HOLDS_MAX).map(message => this.#handshake(message, dir));
    }
    const { name, number } = recordName(type);
    return [read(name, name === 'Alert' ? (this.#alerts.get(`${dir} ${offset}`)?.code ?? null) : number)];
  }

  #handshake(type: number, dir: Direction): Held {
    const { name, number } = handshakeName(type);
    const fromServer = (dir === 'out') === (this.#told.role === 'server');
    if (type !== HandshakeType.serverHello || !fromServer) return read(name, number);
    this.#serverHellos += 1;
    return read(this.#observation.helloRetryRequest && this.#serverHellos === 1 ? 'HelloRetryRequest' : name, number);
  }

  #takeProtected(piece: Piece): void {
    const { dir } = piece;
    const last = this.#steps.at(-1)?.step;
    const first = this.#sealed[dir] === null;
    if (last && last === this.#sealed[dir] && !this.#standsAlone(dir, last)) {
      extend(last, piece);
      if (dir === 'out') this.#speak(last, false);
      return;
    }
    const step = this.#add(piece, { records: 1, encrypted: true, epoch: this.#epochOf(dir) });
    if (dir === 'out') {
      this.#hear(this.#sealed.in);
      this.#speak(step, first);
    } else {
      const size = this.#told.any ? null : sizeTells(piece.bytes, step.epoch);
      if (size) step.holds = [size];
    }
    this.#sealed[dir] = step;
    if (dir === 'in') this.#hear(step);
  }

  /** The target's flight is one record; what follows it is another thing. */
  #standsAlone(dir: Direction, last: Step): boolean {
    return dir === 'out' && last.holds.some(({ name }) => name === 'Finished');
  }

  #hear(step: Draft | null): void {
    if (step === null) return;
    const heard = this.#told.heard();
    this.#peerFinished ||= heard.some(({ name }) => name === 'Finished');
    hold(step, heard);
  }

  #speak(step: Draft, first: boolean): void {
    const sent = this.#told.sent(first);
    hold(step, sent);
    if (sent.length > 0 || this.#told.any) return;
    const size = sizeTells(step.bytes ?? 0, step.epoch);
    if (first && this.#told.role === 'server') step.holds = flightOf('server', 'inferred');
    else if (size?.name === 'Alert') step.holds = [size];
  }

  /**
   * RFC 8446 §2: each side changes to application keys behind its own Finished. A server has sent that in its flight; a client, and the
   * peer, once the other's was heard.
   */
  #epochOf(dir: Direction): Step['epoch'] {
    const isFirst = this.#sealed[dir] === null;
    if (this.#older) return null;
    if (dir === 'out') return isFirst ? 'handshake' : 'application';
    if (isFirst) return 'handshake';
    if (this.#peerFinished) return 'application';
    return this.#told.any ? 'handshake' : null;
  }

  get #older(): boolean {
    const { serverHello } = this.#observation;
    return serverHello !== null && serverHello.selectedVersion !== Version.tls13;
  }

  #isProtected({ type, dir }: RecordSeen): boolean {
    if (this.#cipherChanged[dir]) return true;
    const { serverHello, clientHello } = this.#observation;
    const agreed = serverHello !== null && clientHello !== null && this.#serverHelloPassed;
    return type === ContentType.applicationData && agreed;
  }

  get #serverHelloPassed(): boolean {
    return this.#serverHellos > (this.#observation.helloRetryRequest ? 1 : 0);
  }

  #add(piece: Piece, what: Partial<Step>): Draft {
    const step: Draft = {
      kind: 'message',
      from: sender(piece.dir),
      ok: true,
      seconds: this.#clock(piece.t),
      bytes: piece.bytes,
      records: 0,
      complete: piece.complete,
      encrypted: false,
      epoch: 'none',
      holds: [],
      manner: null,
      ...what,
    };
    this.#steps.push({ step, t: piece.t });
    return step;
  }
}

/** What the target never says that it read, because it refused it: the outcome tells. */
const PROVED: Partial<Readonly<Record<Outcome, Held>>> = {
  certificate_missing: { name: 'Certificate', number: 0, known: 'inferred' },
  finished_failed: { name: 'Finished', number: null, known: 'inferred' },
};

function read(name: Held['name'], number: number | null = null): Held {
  return { name, number, known: 'read' };
}

function sender(dir: Direction): Step['from'] {
  return dir === 'in' ? 'peer' : 'target';
}

function hold(step: Draft, more: readonly Held[]): void {
  step.holds = [...step.holds, ...more].slice(0, HOLDS_MAX);
}

function extend(step: Draft, piece: Piece): void {
  step.bytes = (step.bytes ?? 0) + piece.bytes;
  step.records += 1;
  step.complete &&= piece.complete;
}

const NOT_HANDSHAKE: ReadonlySet<string> = new Set([
  'ChangeCipherSpec',
  'Alert',
  'ApplicationData',
  'Heartbeat',
  'UnknownRecord',
]);

/** The same again, or the rest of a message whose beginning came before it. */
function continues(before: readonly Held[], now: readonly Held[]): boolean {
  if (sameHolds(before, now)) return true;
  return isHandshake(before) && isHandshake(now) && (isFragment(before) || isFragment(now));
}

function isFragment(holds: readonly Held[]): boolean {
  return holds.length === 1 && holds[0]?.name === 'Fragment';
}

function isHandshake(holds: readonly Held[]): boolean {
  return holds.every(({ name }) => !NOT_HANDSHAKE.has(name));
}

function sameHolds(a: readonly Held[], b: readonly Held[]): boolean {
  return a.length === b.length && a.every(({ name, number }, i) => name === b[i]?.name && number === b[i]?.number);
}
