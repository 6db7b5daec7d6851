import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Socket } from 'node:net';
import type { GuestRole } from '../wire/facts.ts';
import type { AttemptId } from '../wire/ids.ts';
import { GUEST_CLIENT_PORT, GUEST_SERVER_PORT } from '../wire/targets.ts';
import { encodePreface } from './preface.ts';
import type { Guest, Targets } from './targets.ts';
import { connectTcp } from './tcp.ts';
import { Turnstile } from './turnstile.ts';

/**
 * QEMU's user networking accepts for the guest with a backlog of 1 per port: more simultaneous dials to one of them are dropped and
 * retried a second later by the kernel. There are more ports than this, and they are taken in turn.
 */
const DIALS_AT_ONCE = 8;
const DIAL_TIMEOUT_MS = 3000;
/** A guest that crashed is back within a second: worth waiting for, once. */
const RESTART_WAIT_MS = 1500;

/** A connection to a guest, and the preface that must be its first bytes. */
export interface DialledGuest {
  socket: Socket;
  preface: Buffer;
}

export type DialResult = DialledGuest | { error: string };

/** Dials the guest of one target. */
export class GuestDialler {
  readonly #targets: Targets;
  readonly #target: string;
  readonly #turnstile = new Turnstile(DIALS_AT_ONCE);
  #turn = 0;
  /** Importing a key costs four times as much as using it. */
  readonly #keys = new WeakMap<Guest, KeyObject>();

  constructor(targets: Targets, target: string) {
    this.#targets = targets;
    this.#target = target;
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
    await this.#turnstile.enter();
    try {
      if (!isWanted()) return { error: 'ECANCELED' };
      const [ports, guestPort] =
        role === 'server' ? [guest.serverPorts, GUEST_SERVER_PORT] : [guest.clientPorts, GUEST_CLIENT_PORT];
      const port = ports[this.#turn++ % ports.length];
      if (port === undefined) return { error: 'ENOGUEST' };
      const dialled = await connectTcp({ host: guest.host, port }, DIAL_TIMEOUT_MS);
      if ('error' in dialled) return dialled;
      return { socket: dialled.socket, preface: encodePreface(id, guestPort, this.#keyOf(guest)) };
    } finally {
      this.#turnstile.leave();
    }
  }

  #keyOf(guest: Guest): KeyObject {
    const known = this.#keys.get(guest);
    if (known) return known;
    const key = createSecretKey(guest.prefaceKey, 'base64');
    this.#keys.set(guest, key);
    return key;
  }
}
