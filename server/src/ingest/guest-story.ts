import type { GuestTold } from '../wire/facts.ts';
import type { GuestEvent, GuestEventKind } from '../wire/guest-event.ts';
import type { Micros } from '../wire/ids.ts';

const SHA256_HEX = /^[0-9a-f]{64}$/;

/** What the guest told of one attempt, as the record asks for it. Pure. */
export class GuestStory {
  readonly #told: readonly GuestTold[];

  constructor(told: readonly GuestTold[]) {
    this.#told = told;
  }

  /** When its supervisor heard of the first event of a kind. */
  time(kind: GuestEventKind): Micros | null {
    return this.#told.find(({ event }) => event.kind === kind)?.t ?? null;
  }

  /** The chain that was presented; an empty one counts 0. */
  get chain(): { count: number; sha256: string | null; leafDer: Uint8Array | null } | null {
    const event = this.#find('certificate');
    if (!event) return null;
    const [leaf] = event.chain;
    const leafDer = leaf === undefined ? null : Buffer.from(leaf, 'base64');
    return { count: wholeNumber(event.count) ?? event.chain.length, sha256: hashOf(event.sha256), leafDer };
  }

  /** `ok`, or the verifier's reason. */
  get chainResult(): string | null {
    return this.#find('chain_ok') ? 'ok' : (this.#find('chain_rejected')?.reason ?? null);
  }

  get possession(): { scheme: number | null; ok: boolean } | null {
    const accepted = this.#find('possession_ok');
    if (accepted) return { scheme: u16(accepted.scheme), ok: true };
    const rejected = this.#find('possession_rejected');
    return rejected ? { scheme: u16(rejected.scheme), ok: false } : null;
  }

  get sessionTag(): string | null {
    const tag = this.#find('session_tag')?.tag;
    return tag === undefined ? null : hashOf(tag);
  }

  get peerIsSelf(): boolean | null {
    return this.#find('released')?.peerIsSelf ?? null;
  }

  #find<K extends GuestEventKind>(kind: K): Extract<GuestEvent, { kind: K }> | null {
    const is = (event: GuestEvent): event is Extract<GuestEvent, { kind: K }> => event.kind === kind;
    for (const { event } of this.#told) if (is(event)) return event;
    return null;
  }
}

/** Numbers that a guest told, where they can be what they should be. */
function u16(value: number): number | null {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff ? value : null;
}

function wholeNumber(value: number): number | null {
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** A SHA-256 as hex, whether the spool has it as hex or base64. Null for anything else. */
function hashOf(text: string): string | null {
  if (SHA256_HEX.test(text)) return text;
  const hex = Buffer.from(text, 'base64').toString('hex');
  return SHA256_HEX.test(hex) ? hex : null;
}
