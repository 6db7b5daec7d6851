import type { Duplex } from 'node:stream';
import type { NetworkName } from '../keys/network.ts';
import { type ChannelPair, openChannelPair } from './channel-pair.ts';
import type { PreparedProvision, Provider } from './provider.ts';
import type { BootOrder, Given } from './provisioning.ts';
import { knownError, SecretChild } from './secret-child.ts';
import { toWire } from './secret-order.ts';

/** The next process starts when a new guest's first visitors have been served, rather than beside them. */
const AHEAD_AFTER_MS = 2000;

/** A process that has read nothing yet, with the host's end of a channel that no guest has yet. */
interface Waiting {
  child: SecretChild;
  pair: ChannelPair;
}

/**
 * Provisions guests from a secret file through a process of its own for each, which alone reads it. One process waits for the next
 * boot: starting takes it longer than a guest.
 */
export class SecretProvider implements Provider {
  readonly file: string;
  readonly #folder: string;
  readonly #aheadAfterMs: number;
  #waiting: Waiting | null = null;
  #ahead: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** `folder`: one that only the supervisor can enter. Node keeps the program compiled there: half of its start-up time. */
  constructor(file: string, folder: string, aheadAfterMs = AHEAD_AFTER_MS) {
    this.file = file;
    this.#folder = folder;
    this.#aheadAfterMs = aheadAfterMs;
  }

  async channel(): Promise<ChannelPair> {
    if (this.#waiting?.child.isGone) this.#forget();
    const { pair } = this.#waiting ?? this.#keep(await this.#start());
    return pair;
  }

  prepare(boot: BootOrder, channel: Duplex): PreparedProvision {
    const child = this.#childFor(channel);
    child.tell({ kind: 'provide', file: this.file, boot: toWire(boot) });
    const answered = child.answer();
    answered.catch(() => {});
    return {
      give: async seq => {
        child.tell({ seq });
        const given = givenIn(await answered);
        this.#ahead = setTimeout(() => void this.#startAhead(), this.#aheadAfterMs).unref();
        return given;
      },
      abandon: () => child.dismiss(),
    };
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#ahead);
    this.#forget();
  }

  /** A boot that comes before it is done starts one of its own. */
  async #startAhead(): Promise<void> {
    const fresh = await this.#start('ahead').catch(() => null);
    if (!fresh) return;
    if (this.#isClosed) dismiss(fresh);
    else this.#keep(fresh);
  }

  /** Another may have come first. Gives the one that waits from now on. */
  #keep(fresh: Waiting): Waiting {
    if (this.#waiting) dismiss(fresh);
    this.#waiting ??= fresh;
    return this.#waiting;
  }

  #forget(): void {
    if (this.#waiting) dismiss(this.#waiting);
    this.#waiting = null;
  }

  async #start(...ahead: 'ahead'[]): Promise<Waiting> {
    const pair = await openChannelPair(this.#folder);
    return { pair, child: new SecretChild(pair.host, this.#folder, ...ahead) };
  }

  #childFor(channel: Duplex): SecretChild {
    const waiting = this.#waiting;
    if (waiting?.pair.host !== channel) return new SecretChild(channel, this.#folder);
    this.#waiting = null;
    return waiting.child;
  }
}

/** Reads a secret file once, after making one where `make` says so and none is. Rejects with SECRET_MISSING, SECRET_UNSAFE or SECRET_INVALID. */
export async function checkSecret(file: string, network: NetworkName, make: boolean, cache: string): Promise<void> {
  const child = new SecretChild(null, cache);
  child.tell({ kind: 'check', file, network, make });
  const answer = await child.answer();
  if ('error' in answer) throw knownError(answer.error);
}

function dismiss({ child, pair }: Waiting): void {
  child.dismiss();
  pair.host.destroy();
  pair.guest.destroy();
}

function givenIn(answer: Awaited<ReturnType<SecretChild['answer']>>): Given {
  if ('error' in answer) throw knownError(answer.error);
  if ('given' in answer) return answer.given;
  throw new Error('the process that reads the secret gave another answer');
}
