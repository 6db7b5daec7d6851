import { gunzipSync, gzipSync } from 'node:zlib';
import type { Closed, Data, Dialled, GuestTold, Opened, Withheld } from '../wire/facts.ts';
import type { AttemptId } from '../wire/ids.ts';

/** The opening without the address, which has its own place and its own end. */
export type OpenedNameless = Omit<Opened, 'source'>;

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

/** The transcript of an attempt: its facts as JSON lines, without the address. */
export function encodeTranscript(facts: AttemptFacts): Buffer {
  const lines = [...(facts.open ? [facts.open] : []), ...facts.gateway, ...facts.guest];
  return Buffer.from(lines.map(fact => `${JSON.stringify(fact)}\n`).join(''));
}

/** Small windows: a transcript has a few kilobytes, and most of the cost of zlib is making its tables. */
export function packTranscript(transcript: Uint8Array): Buffer {
  return gzipSync(transcript, { level: 4, memLevel: 5 });
}

/** Reads facts back from a packed transcript that this module made. */
export function unpackFacts(id: AttemptId, packed: Uint8Array): AttemptFacts {
  const lines = gunzipSync(packed).toString('utf8').split('\n').slice(0, -1);
  const facts: (OpenedNameless | GatewayPart | GuestTold)[] = lines.map(line => JSON.parse(line));
  return {
    id,
    open: facts.find(fact => fact.kind === 'open') ?? null,
    gateway: facts.filter(fact => fact.kind !== 'open' && fact.kind !== 'guest'),
    guest: facts.filter(fact => fact.kind === 'guest'),
  };
}
