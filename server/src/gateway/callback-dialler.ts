import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { isGlobal, originOf, subnetKey } from './address.ts';
import { Counts } from './counts.ts';
import { ALONE, partOf, type Share } from './share.ts';
import { connectTcp } from './tcp.ts';
import { TokenBuckets } from './token-buckets.ts';

const TRY_TIMEOUT_MS = 3000;
const RETRY_AFTER_MS = 1000;
/** Per /24 or /64: so many connect-backs at once, one more each three seconds. */
const RATION = 20;
const RATION_REFILL_MS = 3000;

export interface CallbacksAtOnce {
  perNetwork: number;
  total: number;
}

export const CALLBACKS_AT_ONCE: CallbacksAtOnce = Object.freeze({ perNetwork: 8, total: 128 });

export interface CallbackDiallerOptions {
  /** The port that is dialled on the initiator. */
  port: number;
  /** Loopback, private and own addresses may be dialled. */
  lab: boolean;
  /** What of all that follows is this process's. */
  share?: Share;
  ration?: TokenBuckets;
  /** Connect-backs on their way: into one network (IPv4 /24, IPv6 /48), and in all. */
  atOnce?: CallbacksAtOnce;
  ownAddresses?: () => string[];
  retryAfterMs?: number;
}

export type CallbackResult = { socket: Socket } | { error: string; why: 'unreachable' | 'limited' };

/**
 * Dials the initiator of a connect-back: the same address on one fixed port, twice at most. The initiator has completed a TCP handshake
 * with us, so that nobody can lend us another's address: they make us dial themselves alone, not often, and not many times at once.
 */
export class CallbackDialler {
  readonly #port: number;
  readonly #lab: boolean;
  readonly #ration: TokenBuckets;
  readonly #atOnce: CallbacksAtOnce;
  readonly #underWay = new Counts();
  #underWayInAll = 0;
  readonly #ownAddresses: () => string[];
  readonly #retryAfterMs: number;

  constructor(options: CallbackDiallerOptions) {
    this.#port = options.port;
    this.#lab = options.lab;
    const { share = ALONE, atOnce = CALLBACKS_AT_ONCE } = options;
    this.#ration = options.ration ?? new TokenBuckets(partOf(RATION, share), RATION_REFILL_MS * share.of);
    this.#atOnce = { perNetwork: partOf(atOnce.perNetwork, share), total: partOf(atOnce.total, share) };
    this.#ownAddresses = options.ownAddresses ?? addressesOfThisMachine;
    this.#retryAfterMs = options.retryAfterMs ?? RETRY_AFTER_MS;
  }

  async dial(ip: string): Promise<CallbackResult> {
    if (!this.#lab && (!isGlobal(ip) || this.#ownAddresses().includes(ip))) {
      return { error: 'EADDRNOTAVAIL', why: 'unreachable' };
    }
    const { network } = originOf(ip);
    const { perNetwork, total } = this.#atOnce;
    const isFull = this.#underWay.of(network) >= perNetwork || this.#underWayInAll >= total;
    if (isFull || !this.#ration.take(subnetKey(ip))) return { error: 'EAGAIN', why: 'limited' };
    this.#count(network, 1);
    try {
      return await this.#twice(ip);
    } finally {
      this.#count(network, -1);
    }
  }

  async #twice(ip: string): Promise<CallbackResult> {
    const to = { host: ip, port: this.#port };
    const first = await connectTcp(to, TRY_TIMEOUT_MS);
    if (!('error' in first)) return first;
    await delay(this.#retryAfterMs);
    const second = await connectTcp(to, TRY_TIMEOUT_MS);
    return 'error' in second ? { error: second.error, why: 'unreachable' } : second;
  }

  #count(network: string, difference: 1 | -1): void {
    this.#underWay.add(network, difference);
    this.#underWayInAll += difference;
  }
}

function addressesOfThisMachine(): string[] {
  return Object.values(networkInterfaces()).flatMap(addresses => addresses?.map(({ address }) => address) ?? []);
}
