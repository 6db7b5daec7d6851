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

  /** Dials, waiting once for a guest that restarts. `isWanted` is asked when the turn comes: the attacker may be gone by then. */
  async dial(role: GuestRole, id: AttemptId, isWanted: () => boolean): Promise<DialResult> {
    const deadline = Date.now() + RESTART_WAIT_MS;
    const guest = this.#targets.guest(this.#target);
    const first = guest ? await this.#once(guest, role, id, isWanted) : { error: 'ENOGUEST' };
    if (!('error' in first) || !isWanted()) return first;
    const next = await this.#targets.waitForGuest(this.#target, guest?.bootId ?? null, deadline);
    return next && isWanted() ? await this.#once(next, role, id, isWanted) : first;
  }

  async #once(guest: Guest, role: GuestRole, id: AttemptId, isWanted: () => boolean): Promise<DialResult> {
    const { key, ports } = this.#wayTo(guest);
    const port = await ports[role].enter();
    const dialled = isWanted() ? await this.#connectFromAnySource(guest.host, port) : { error: 'ECANCELED' };
    if ('error' in dialled) {
      ports[role].leave(port);
      return dialled;
    }
    void whenHeard(dialled.socket, this.#answerWaitMs).then(() => ports[role].leave(port));
    return { socket: dialled.socket, preface: encodePreface(id, GUEST_PORT[role], key) };
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
      this.#way = { bootId, key: createSecretKey(prefaceKey, 'base64'), ports };
    }
    return this.#way;
  }
}
