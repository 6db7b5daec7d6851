import type { KnownBoot } from '../store/boots.ts';
import { sha256 } from '../store/boots.ts';
import type { Booted, Ended, Ready } from '../wire/facts.ts';
import type { BootId, Micros } from '../wire/ids.ts';

const BOOTS_MAX = 10_000;

/** What is known of boots while attempts are concluded: filled from the store at start, then from the supervisor's facts. */
export class BootBook {
  readonly #boots = new Map<BootId, KnownBoot>();
  readonly #prizes = new Map<string, boolean>();

  constructor(known: readonly KnownBoot[]) {
    for (const boot of known) this.#add(boot);
  }

  boot(fact: Booted): void {
    this.#add({
      id: fact.bootId,
      startedUs: fact.t,
      target: fact.target,
      prize: this.isPrize(fact.target),
      imageSha256: fact.imageSha256,
      caSha256: null,
      certificates: null,
      end: null,
    });
  }

  ready(fact: Ready): void {
    this.#prizes.set(fact.target, fact.prize !== null);
    const boot = this.#boots.get(fact.bootId);
    if (!boot) return;
    const { ca, server, client } = fact;
    boot.caSha256 = sha256(Buffer.from(ca, 'base64'));
    boot.certificates = { ca, server, client };
  }

  end(fact: Ended): void {
    const boot = this.#boots.get(fact.bootId);
    if (boot) boot.end ??= fact;
  }

  find(id: BootId | null): KnownBoot | null {
    return id === null ? null : (this.#boots.get(id) ?? null);
  }

  /** Whether money is at stake. Unknown counts as yes: a false alarm is better than a silent win. */
  isPrize(target: string): boolean {
    return this.#prizes.get(target) ?? true;
  }

  /**
   * A supervisor was started at `t`, and VMs never outlive theirs: ends whatever ran before, at the `last` sign of life of the one
   * before, and returns these ends. Boots after both may be known already, where facts are read again; the clock may have been set back.
   */
  endRunning(t: Micros, last: Micros): Ended[] {
    const before = Math.max(t, last);
    const running = [...this.#boots.values()].filter(({ startedUs, end }) => end === null && startedUs < before);
    return running.map(({ id, target, startedUs }) => {
      const ended: Ended = {
        kind: 'end',
        t: Math.max(startedUs, last),
        target,
        bootId: id,
        reason: 'host',
        detail: 'the supervisor ended',
      };
      this.end(ended);
      return ended;
    });
  }

  #add(boot: KnownBoot): void {
    if (this.#boots.has(boot.id)) return;
    this.#boots.set(boot.id, boot);
    this.#prizes.set(boot.target, boot.prize);
    const [oldest] = this.#boots.keys();
    if (this.#boots.size > BOOTS_MAX && oldest !== undefined) this.#boots.delete(oldest);
  }
}
