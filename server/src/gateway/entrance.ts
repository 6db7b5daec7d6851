import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { Reservation, Spool } from '../spool/spool.ts';
import type { Channel, GuestRole } from '../wire/facts.ts';
import { type AttemptId, newAttemptId, nowMicros } from '../wire/ids.ts';
import { originOf, plainAddress } from './address.ts';
import { AttemptRecord, ROW_SPOOL_BYTES, TAPES_SPOOL_BYTES } from './attempt-record.ts';
import type { Bans } from './bans.ts';
import type { CallbackDialler } from './callback-dialler.ts';
import type { GuestDialler } from './guest-dialler.ts';
import { Listener } from './listener.ts';
import type { Pool, Stay } from './pool.ts';
import type { Refusals } from './refusals.ts';
import { Splice, type SpliceLimits } from './splice.ts';
import type { Targets } from './targets.ts';
import { finishSoon, reset } from './tcp.ts';
import type { WithheldBodies } from './withheld-hashes.ts';

const RESUME_CHECK_MS = 250;
const SELF_TEST_SOURCE = { ip: '127.0.0.1', port: 0 };
const CHANNELS: readonly Channel[] = ['server', 'callback', 'client'];

/** A self-test passes the pool, and has a place of its own. */
const SELF_TEST_STAY: Stay = { listen: () => {}, spoke: () => {}, leave: () => {} };

/** The role that the guest plays on each channel. */
const GUEST_ROLE: Record<Channel, GuestRole> = { server: 'server', callback: 'client', client: 'client' };

/** How somebody came in. */
interface Way {
  channel: Channel;
  network: string;
  stay: Stay;
}

export interface EntranceOptions {
  target: string;
  host: string;
  ports: Record<Channel, number>;
  /** Whether other processes may listen there too. */
  reusePort?: boolean;
  /** The variable that chooses the ports. */
  variable: string;
  spool: Spool;
  /** Room of the spool that this target leaves to the others. */
  leaveBytes: number;
  withheld: WithheldBodies | null;
  pool: Pool;
  refusals: Refusals;
  bans: Pick<Bans, 'has'>;
  targets: Targets;
  dialler: GuestDialler;
  callbacks: CallbackDialler;
  spliceLimits?: SpliceLimits;
  log: Logger;
}

/**
 * The three ports of one target. Whoever is accepted becomes an attempt, and nobody is accepted without room in the spool for one
 * whole attempt more. Room for the next one's row is in hand before it comes; room for what is said is reserved when somebody speaks, so
 * that thousands who are silent do not use it up.
 */
export class Entrance {
  readonly target: string;
  readonly #options: EntranceOptions;
  readonly #listeners: Map<Channel, Listener>;
  readonly #open = new Map<AttemptRecord, () => void>();
  /** Room for the next attempt's row. */
  #spare: Reservation | null = null;
  #resumeTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: EntranceOptions) {
    this.target = options.target;
    this.#options = options;
    this.#listeners = new Map(
      CHANNELS.map(channel => {
        const { host, ports, reusePort = false, target, variable } = options;
        const onConnection = (socket: Socket) => this.#accept(socket, channel);
        return [
          channel,
          new Listener({
            host,
            port: ports[channel],
            reusePort,
            what: `${target}, ${channel}`,
            variable,
            onConnection,
          }),
        ];
      }),
    );
  }

  /** Where it listens. */
  get ports(): Record<Channel, number> {
    const port = (channel: Channel) => this.#listeners.get(channel)?.port ?? 0;
    return { server: port('server'), callback: port('callback'), client: port('client') };
  }

  /** Attempts that are not over. */
  get openAttempts(): number {
    return this.#open.size;
  }

  async open(): Promise<void> {
    for (const listener of this.#listeners.values()) await listener.open();
    this.#refill();
  }

  /** Accepts nobody any more. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#resumeTimer);
    for (const listener of this.#listeners.values()) listener.close();
    this.#spare?.release();
  }

  /** Ends the attempts that are still open. */
  abortAll(): void {
    for (const abort of this.#open.values()) abort();
  }

  /** Makes an attempt of a stream that this process made itself, past the pool. False where the spool has no room for it. */
  admitSelfTest(attacker: Duplex, id: AttemptId, channel: 'server' | 'client', pair: string): boolean {
    const room = this.#reserveRow();
    if (!room) return false;
    const record = this.#record({ id, channel, source: SELF_TEST_SOURCE, selfTest: pair, room });
    this.#splice(attacker, record, { channel, network: '', stay: SELF_TEST_STAY });
    return true;
  }

  #accept(socket: Socket, channel: Channel): void {
    const { pool, refusals, bans } = this.#options;
    const source = { ip: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 };
    const { address, network } = originOf(source.ip);
    if (bans.has(source.ip)) {
      refusals.count(this.target, channel, address);
      socket.on('error', () => {});
      reset(socket);
      return;
    }
    const admission = pool.enter({ address, network }, GUEST_ROLE[channel]);
    const room = this.#spare;
    if (admission === 'refused' || !room) {
      if (admission === 'refused') refusals.count(this.target, channel, address);
      else if (admission !== 'limited') admission.leave();
      socket.on('error', () => {});
      reset(socket);
      return;
    }
    this.#spare = null;
    this.#refill();
    const record = this.#record({ id: newAttemptId(nowMicros()), channel, source, selfTest: null, room });
    if (admission === 'limited') {
      socket.on('error', () => {});
      void record.close('gateway_limited', 'gateway', 'fin').then(() => finishSoon(socket));
    } else if (channel === 'callback') {
      void this.#callBack(socket, record, source.ip, { channel, network, stay: admission });
    } else {
      this.#splice(socket, record, { channel, network, stay: admission });
    }
  }

  #record(given: {
    id: AttemptId;
    channel: Channel;
    source: { ip: string; port: number };
    selfTest: string | null;
    room: Reservation;
  }): AttemptRecord {
    const { spool, targets, withheld } = this.#options;
    const { room, ...opened } = given;
    const bootId = targets.guest(this.target)?.bootId ?? null;
    const guestRole = GUEST_ROLE[opened.channel];
    const reserveTapes = () => this.#reserveTapes();
    const all = { ...opened, target: this.target, guestRole, bootId };
    return new AttemptRecord({ spool, room, reserveTapes, withheld, opened: all });
  }

  #splice(attacker: Duplex, record: AttemptRecord, { channel, network, stay }: Way): void {
    const { dialler, spliceLimits } = this.#options;
    const role = GUEST_ROLE[channel];
    const splice: Splice = new Splice({
      attacker,
      record,
      dial: attempt => {
        stay.spoke();
        return dialler.dial(role, record.id, { ...attempt, network, selfTest: record.isSelfTest });
      },
      guestSpeaksFirst: role === 'client',
      ...(spliceLimits ? { limits: spliceLimits } : {}),
      onEnd: () => {
        this.#open.delete(record);
        stay.leave();
      },
    });
    if (record.isClosed) return;
    if (role === 'server') stay.listen(() => splice.giveWay());
    this.#open.set(record, () => splice.abort('shutdown', 'fin'));
  }

  /** Closes the first connection, dials its initiator, and goes on with that. */
  async #callBack(first: Socket, record: AttemptRecord, ip: string, way: Way): Promise<void> {
    first.on('error', () => {});
    first.resume();
    this.#open.set(record, () => void record.close('shutdown', 'gateway', 'fin'));
    await record.flush();
    finishSoon(first);
    const result = await this.#options.callbacks.dial(ip);
    const failed = 'error' in result;
    const isDialled = !failed || result.why === 'unreachable';
    if (isDialled && !record.isClosed) record.dial('initiator', failed ? result.error : null);
    if (!failed && !record.isClosed) {
      this.#splice(result.socket, record, way);
      return;
    }
    if (!failed) reset(result.socket);
    else void record.close(result.why === 'limited' ? 'gateway_limited' : 'callback_unreachable', 'gateway', 'fin');
    this.#open.delete(record);
    way.stay.leave();
  }

  #reserveRow(): Reservation | null {
    const { spool, leaveBytes } = this.#options;
    const isRoomForOneMore = spool.hasRoom(ROW_SPOOL_BYTES + TAPES_SPOOL_BYTES + leaveBytes);
    return isRoomForOneMore ? spool.reserve(ROW_SPOOL_BYTES) : null;
  }

  #reserveTapes(): Reservation | null {
    const { spool, leaveBytes } = this.#options;
    return spool.hasRoom(TAPES_SPOOL_BYTES + leaveBytes) ? spool.reserve(TAPES_SPOOL_BYTES) : null;
  }

  /** Reserves room for the next attempt. While there is none, nobody is accepted. */
  #refill(): void {
    this.#spare = this.#reserveRow();
    if (this.#spare || this.#closed) return;
    for (const listener of this.#listeners.values()) listener.close();
    this.#options.log.error({ target: this.target }, 'no room in the spool: accepting nobody');
    this.#resumeTimer = setInterval(() => this.#tryResume(), RESUME_CHECK_MS);
  }

  #tryResume(): void {
    this.#spare ??= this.#reserveRow();
    if (!this.#spare) return;
    clearInterval(this.#resumeTimer);
    this.#options.log.info({ target: this.target }, 'room in the spool again: accepting');
    for (const listener of this.#listeners.values()) {
      listener
        .open()
        .catch((error: unknown) => this.#options.log.error({ error, target: this.target }, 'not listening'));
    }
  }
}
