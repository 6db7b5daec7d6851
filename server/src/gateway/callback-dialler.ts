import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { isGlobal, networkKey } from './address.ts';
import { connectTcp } from './tcp.ts';
import { TokenBuckets } from './token-buckets.ts';

const TRY_TIMEOUT_MS = 3000;
const RETRY_AFTER_MS = 1000;
/** Per /24 or /64: so many connect-backs at once, one more each three seconds. */
const RATION = 20;
const RATION_REFILL_MS = 3000;

export interface CallbackDiallerOptions {
  /** The port that is dialled on the initiator. */
  port: number;
  /** Loopback, private and own addresses may be dialled. */
  lab: boolean;
  ration?: TokenBuckets;
  ownAddresses?: () => string[];
  retryAfterMs?: number;
}

export type CallbackResult = { socket: Socket } | { error: string; why: 'unreachable' | 'limited' };

/**
 * Dials the initiator of a connect-back: the same address on one fixed port, twice at most. Anybody can make us dial only themselves,
 * and not often.
 */
export class CallbackDialler {
  readonly #port: number;
  readonly #lab: boolean;
  readonly #ration: TokenBuckets;
  readonly #ownAddresses: () => string[];
  readonly #retryAfterMs: number;

  constructor(options: CallbackDiallerOptions) {
    this.#port = options.port;
    this.#lab = options.lab;
    this.#ration = options.ration ?? new TokenBuckets(RATION, RATION_REFILL_MS);
    this.#ownAddresses = options.ownAddresses ?? addressesOfThisMachine;
    this.#retryAfterMs = options.retryAfterMs ?? RETRY_AFTER_MS;
  }

  async dial(ip: string): Promise<CallbackResult> {
    if (!this.#lab && (!isGlobal(ip) || this.#ownAddresses().includes(ip))) {
      return { error: 'EADDRNOTAVAIL', why: 'unreachable' };
    }
    if (!this.#ration.take(networkKey(ip))) return { error: 'EAGAIN', why: 'limited' };
    const to = { host: ip, port: this.#port };
    const first = await connectTcp(to, TRY_TIMEOUT_MS);
    if (!('error' in first)) return first;
    await delay(this.#retryAfterMs);
    const second = await connectTcp(to, TRY_TIMEOUT_MS);
    return 'error' in second ? { error: second.error, why: 'unreachable' } : second;
  }
}

function addressesOfThisMachine(): string[] {
  return Object.values(networkInterfaces()).flatMap(addresses => addresses?.map(({ address }) => address) ?? []);
}
