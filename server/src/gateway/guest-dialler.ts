import type { Socket } from 'node:net';
import type { GuestRole } from '../wire/facts.ts';
import type { AttemptId, BootId } from '../wire/ids.ts';
import { GUEST_CLIENT_PORT, GUEST_SERVER_PORT } from '../wire/targets.ts';
import { type PlaceLimits, Places, type Visitor } from './places.ts';
import { encodePreface, type PrefaceKey, readyPrefaceKey } from './preface.ts';
import { ALONE, ownOf, partOf, type Share } from './share.ts';
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
/** The attacker left before the guest was dialled. */
const GONE = 'ECANCELED';
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
  key: PrefaceKey;
  /**
   * One unfinished dial through each host port: QEMU's user networking listens there with a backlog of 1, and what is too much for
   * it the kernel sends again only after a second, or three. Since it accepts before the guest does, a dial is finished when the
   * guest has spoken. So hardly more connections are on their way than there are host ports, and the guest has a place for each.
   */
  ports: Record<GuestRole, Turnstile<number>>;
  /** The guest would reset, without a name, whoever has no place. */
  places: Record<GuestRole, Places>;
}

/** Who wants to reach the guest. A self-test has a place that is kept for it. */
export interface Caller extends Visitor {
  readonly selfTest: boolean;
}

/** The gateway's own visits to a guest. */
const KEPT_PLACE = { leave: () => {} };

export interface GuestDiallerOptions {
  limits: PlaceLimits;
  /** What of the guest's places, host ports and source ports is this process's. */
  share?: Share;
  connect?: typeof connectTcp;
  answerWaitMs?: number;
}

/** Dials the guest of one target. */
export class GuestDialler {
  readonly #targets: Pick<Targets, 'guest' | 'waitForGuest'>;
  readonly #target: string;
  readonly #limits: PlaceLimits;
  readonly #connect: typeof connectTcp;
  readonly #answerWaitMs: number;
  readonly #share: Share;
  readonly #sources: SourcePorts;
  #way: Way | null = null;

  constructor(
    targets: Pick<Targets, 'guest' | 'waitForGuest'>,
    target: string,
    { limits, share = ALONE, connect = connectTcp, answerWaitMs = ANSWER_WAIT_MS }: GuestDiallerOptions,
  ) {
    this.#targets = targets;
    this.#target = target;
    this.#limits = limits;
    this.#share = share;
    this.#sources = new SourcePorts(share);
    this.#connect = connect;
    this.#answerWaitMs = answerWaitMs;
  }

  /** Dials, waiting once for a guest that restarts. NO_PLACE where the guest's places are taken and nobody had to go. */
  async dial(role: GuestRole, id: AttemptId, caller: Caller): Promise<DialResult> {
    const deadline = Date.now() + RESTART_WAIT_MS;
    const guest = this.#targets.guest(this.#target);
    const first = guest ? await this.#once(guest, role, id, caller) : { error: 'ENOGUEST' };
    if (!('error' in first) || first.error === NO_PLACE || !caller.isWanted()) return first;
    const next = await this.#targets.waitForGuest(this.#target, guest?.bootId ?? null, deadline);
    return next && caller.isWanted() ? await this.#once(next, role, id, caller) : first;
  }

  /** Takes one of the guest's places for as long as the connection lasts. */
  async #once(guest: Guest, role: GuestRole, id: AttemptId, caller: Caller): Promise<DialResult> {
    const way = this.#wayTo(guest);
    const place = caller.selfTest ? KEPT_PLACE : await way.places[role].take(caller);
    if (!place) return { error: caller.isWanted() ? NO_PLACE : GONE };
    const dialled = await this.#inTurn(guest.host, way.ports[role], caller);
    if ('error' in dialled) {
      place.leave();
      return dialled;
    }
    dialled.socket.once('close', () => place.leave());
    return { socket: dialled.socket, preface: encodePreface(id, GUEST_PORT[role], way.key) };
  }

  async #inTurn(
    host: string,
    ports: Turnstile<number>,
    { isWanted }: Caller,
  ): Promise<{ socket: Socket } | { error: string }> {
    const port = await ports.enter();
    const dialled = isWanted() ? await this.#connectFromAnySource(host, port) : { error: GONE };
    if ('error' in dialled) ports.leave(port);
    else void whenHeard(dialled.socket, this.#answerWaitMs).then(() => ports.leave(port));
    return dialled;
  }

  async #connectFromAnySource(host: string, port: number): Promise<{ socket: Socket } | { error: string }> {
    for (let tried = 1; ; tried++) {
      const source = { localAddress: SOURCE_ADDRESS, localPort: this.#sources.next() };
      const dialled = await this.#connect({ host, port, ...source }, DIAL_TIMEOUT_MS);
      if (!('error' in dialled) || !SOURCE_TAKEN.has(dialled.error) || tried === SOURCES_MAX) return dialled;
    }
  }

  #wayTo(guest: Guest): Way {
    const { bootId, prefaceKey, serverPorts, clientPorts } = guest;
    if (this.#way?.bootId !== bootId) {
      const turnstile = (all: readonly number[]) => new Turnstile(ownOf(all, this.#share));
      const ports = { server: turnstile(serverPorts), client: turnstile(clientPorts) };
      const places = { server: this.#places('server', guest), client: this.#places('client', guest) };
      this.#way = { bootId, key: readyPrefaceKey(Buffer.from(prefaceKey, 'base64')), ports, places };
    }
    return this.#way;
  }

  #places(role: GuestRole, { limits }: Guest): Places {
    const given = (role === 'server' ? limits.placesServer : limits.placesClient) - PLACES_FOR_SELF_TESTS;
    return new Places(partOf(given, this.#share), this.#limits);
  }
}
