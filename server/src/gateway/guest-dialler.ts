import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Socket } from 'node:net';
import type { GuestRole } from '../wire/facts.ts';
import type { AttemptId, BootId } from '../wire/ids.ts';
import { GUEST_CLIENT_PORT, GUEST_SERVER_PORT } from '../wire/targets.ts';
import { encodePreface } from './preface.ts';
import { SOURCE_ADDRESS, SourcePorts } from './source-ports.ts';
import type { Guest, Targets } from './targets.ts';
import { connectTcp, whenHeard } from './tcp.ts';
import { Turnstile } from './turnstile.ts';

const GUEST_PORT: Record<GuestRole, number> = { server: GUEST_SERVER_PORT, client: GUEST_CLIENT_PORT };
const DIAL_TIMEOUT_MS = 3000;
/** So long a host port is kept for a guest that was dialled and says nothing. Under load it takes half of this to answer. */
const ANSWER_WAIT_MS = 100;
/** A guest that crashed is back within a second: worth waiting for, once. */
const RESTART_WAIT_MS = 1500;
/** Source ports that are tried for one dial: some other program may listen on one at all addresses. */
const SOURCES_MAX = 16;
const SOURCE_TAKEN = new Set(['EADDRINUSE', 'EADDRNOTAVAIL']);
/** The guest has no place for this dial. */
export const NO_PLACE = 'ENOPLACE';
/** Of the places that a guest says it has in each role; it has one more. A self-test comes with two connections at once. */
const PLACES_FOR_SELF_TESTS = 1;

/** A connection to a guest, and the preface that must be its first bytes. */
export interface DialledGuest {
  socket: Socket;
  preface: Buffer;
}

export type DialResult = DialledGuest | { error: string };

/** How one boot of a guest is reached. */
interface Way {
  bootId: BootId;
  /** Importing a key costs four times as much as using it. */
  key: KeyObject;
  /**
   * One unfinished dial through each host port: QEMU's user networking listens there with a backlog of 1, and what is too much for
   * it the kernel sends again only after a second, or three. Since it accepts before the guest does, a dial is finished when the
   * guest has spoken. So hardly more connections are on their way than there are host ports, and the guest has a place for each.
   */
  ports: Record<GuestRole, Turnstile<number>>;
  /** Connections that are open or being made. */
  open: Record<GuestRole, number>;
}

export interface DialOptions {
  /** Asked when the turn comes: the attacker may be gone by then. */
  isWanted: () => boolean;
  selfTest?: boolean;
}

/** Dials the guest of one target. */
export class GuestDialler {
  readonly #targets: Pick<Targets, 'guest' | 'waitForGuest'>;
  readonly #target: string;
  readonly #connect: typeof connectTcp;
  readonly #answerWaitMs: number;
  readonly #sources = new SourcePorts();
  #way: Way | null = null;

  constructor(
    targets: Pick<Targets, 'guest' | 'waitForGuest'>,
    target: string,
    { connect = connectTcp, answerWaitMs = ANSWER_WAIT_MS } = {},
  ) {
    this.#targets = targets;
    this.#target = target;
    this.#connect = connect;
    this.#answerWaitMs = answerWaitMs;
  }

  /** Dials, waiting once for a guest that restarts. NO_PLACE where the guest's places are taken. */
  async dial(role: GuestRole, id: AttemptId, options: DialOptions): Promise<DialResult> {
    const { isWanted } = options;
    const deadline = Date.now() + RESTART_WAIT_MS;
    const guest = this.#targets.guest(this.#target);
    const first = guest ? await this.#once(guest, role, id, options) : { error: 'ENOGUEST' };
    if (!('error' in first) || first.error === NO_PLACE || !isWanted()) return first;
    const next = await this.#targets.waitForGuest(this.#target, guest?.bootId ?? null, deadline);
    return next && isWanted() ? await this.#once(next, role, id, options) : first;
  }

  async #once(guest: Guest, role: GuestRole, id: AttemptId, options: DialOptions): Promise<DialResult> {
    const way = this.#wayTo(guest);
    const ports = way.ports[role];
    const port = await ports.enter();
    const dialled = options.isWanted() ? await this.#inPlace(way, guest, role, port, options) : { error: 'ECANCELED' };
    if ('error' in dialled) {
      ports.leave(port);
      return dialled;
    }
    void whenHeard(dialled.socket, this.#answerWaitMs).then(() => ports.leave(port));
    return { socket: dialled.socket, preface: encodePreface(id, GUEST_PORT[role], way.key) };
  }

  /** Takes one of the guest's places for as long as the connection lasts: the guest would reset, without a name, whoever has none. */
  async #inPlace(
    { open }: Way,
    guest: Guest,
    role: GuestRole,
    port: number,
    { selfTest }: DialOptions,
  ): Promise<{ socket: Socket } | { error: string }> {
    if (!selfTest && open[role] >= placesFor(role, guest)) return { error: NO_PLACE };
    open[role] += 1;
    const dialled = await this.#connectFromAnySource(guest.host, port);
    const leave = () => {
      open[role] -= 1;
    };
    if ('error' in dialled) leave();
    else dialled.socket.once('close', leave);
    return dialled;
  }

  async #connectFromAnySource(host: string, port: number): Promise<{ socket: Socket } | { error: string }> {
    for (let tried = 1; ; tried++) {
      const source = { localAddress: SOURCE_ADDRESS, localPort: this.#sources.next() };
      const dialled = await this.#connect({ host, port, ...source }, DIAL_TIMEOUT_MS);
      if (!('error' in dialled) || !SOURCE_TAKEN.has(dialled.error) || tried === SOURCES_MAX) return dialled;
    }
  }

  #wayTo({ bootId, prefaceKey, serverPorts, clientPorts }: Guest): Way {
    if (this.#way?.bootId !== bootId) {
      const ports = { server: new Turnstile(serverPorts), client: new Turnstile(clientPorts) };
      this.#way = { bootId, key: createSecretKey(prefaceKey, 'base64'), ports, open: { server: 0, client: 0 } };
    }
    return this.#way;
  }
}

function placesFor(role: GuestRole, { limits }: Guest): number {
  return (role === 'server' ? limits.placesServer : limits.placesClient) - PLACES_FOR_SELF_TESTS;
}
