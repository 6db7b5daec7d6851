import { type HandshakeSecrets, secretsOf, withoutSecrets } from '../evidence/handshake-secrets.ts';
import { encodeTranscript, type OpenedNameless, readTranscript } from '../evidence/transcript.ts';
import type { Closed, Data, Dialled, GuestTold, Withheld } from '../wire/facts.ts';
import type { AttemptId, BootId } from '../wire/ids.ts';

/** What the gateway told of one attempt, after its opening. */
export type GatewayPart = Dialled | Data | Withheld | Closed;

/** Everything that is known of one attempt. Two sets of facts of one attempt can be merged in any number and order. */
export interface AttemptFacts {
  readonly id: AttemptId;
  /** Null where only later facts were seen: the attempt was published before, or its opening is lost. */
  readonly open: OpenedNameless | null;
  /** In the order of the spool. */
  readonly gateway: readonly GatewayPart[];
  /** In the order of the guest's frames. */
  readonly guest: readonly GuestTold[];
}

/** The boot that served it: by its guest's word, since a guest that restarts is waited for, or else the one there was when it came. */
export function servingBoot({ open, guest }: Pick<AttemptFacts, 'open' | 'guest'>): BootId | null {
  return guest[0]?.bootId ?? open?.bootId ?? null;
}

/** True if the two hold the same facts. */
export function sameFacts(a: AttemptFacts, b: AttemptFacts): boolean {
  return (
    (a.open === null) === (b.open === null) &&
    a.gateway.length === b.gateway.length &&
    a.guest.length === b.guest.length
  );
}

/** All facts of both, each once. `first` is what was known earlier. */
export function mergeFacts(first: AttemptFacts, second: AttemptFacts): AttemptFacts {
  return {
    id: first.id,
    open: first.open ?? second.open,
    gateway: union(first.gateway, second.gateway),
    guest: union(first.guest, second.guest).sort((a, b) => a.seq - b.seq),
  };
}

function union<T>(first: readonly T[], second: readonly T[]): T[] {
  const known = new Set(first.map(fact => JSON.stringify(fact)));
  return [...first, ...second.filter(fact => !known.has(JSON.stringify(fact)))];
}

/** Parts facts from the handshake secrets in them, which are kept elsewhere. */
export function setSecretsApart(facts: AttemptFacts): { facts: AttemptFacts; secrets: HandshakeSecrets | null } {
  return { facts: { ...facts, guest: facts.guest.map(withoutSecrets) }, secrets: secretsOf(facts.guest) };
}

/** The transcript of an attempt: its facts without the address. */
export function transcriptOf({ open, gateway, guest }: AttemptFacts): Buffer {
  return encodeTranscript([...(open ? [open] : []), ...gateway, ...guest]);
}

/** Reads facts back from a packed transcript. */
export function unpackFacts(id: AttemptId, packed: Uint8Array): AttemptFacts {
  const facts = readTranscript(packed);
  return {
    id,
    open: facts.find(fact => fact.kind === 'open') ?? null,
    gateway: facts.filter(fact => fact.kind !== 'open' && fact.kind !== 'guest'),
    guest: facts.filter(fact => fact.kind === 'guest'),
  };
}
