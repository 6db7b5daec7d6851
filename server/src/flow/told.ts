import type { TranscriptLine } from '../evidence/transcript.ts';
import type { GuestRole } from '../wire/facts.ts';
import type { GuestEvent, GuestEventKind } from '../wire/guest-event.ts';
import type { Held } from './flow.ts';

/** What the target said that it read or sent, in its order. */
type Item = { readonly way: 'heard'; readonly held: Held } | { readonly way: 'sent'; readonly held: readonly Held[] };

/** The flight of the target as a server (RFC 8446 §4.3, §4.4): it always asks for a certificate. */
const SERVER_FLIGHT = [
  'EncryptedExtensions',
  'CertificateRequest',
  'Certificate',
  'CertificateVerify',
  'Finished',
] as const;
/** And as a client. */
const CLIENT_FLIGHT = ['Certificate', 'CertificateVerify', 'Finished'] as const;

/** What the target puts into its first encrypted record, if that is its flight: it sends all of it at once. */
export function flightOf(role: GuestRole, known: Held['known']): Held[] {
  return (role === 'server' ? SERVER_FLIGHT : CLIENT_FLIGHT).map(name => ({ name, number: null, known }));
}

/**
 * The target's own tale of its encrypted messages, told off as the wire is walked along: what it heard belongs to what came since it last
 * spoke, what it sent to what it spoke next.
 */
export class Told {
  readonly #items: Item[];
  readonly #role: GuestRole;
  #next = 0;
  /** It told anything at all of what it read or sent. */
  readonly any: boolean;

  constructor(lines: readonly TranscriptLine[], role: GuestRole) {
    const events = lines.flatMap(line => (line.kind === 'guest' ? [line.event] : []));
    this.#role = role;
    this.#items = events.flatMap(event => itemsOf(event, role));
    this.any = events.some(({ kind }) => SAYS_SOMETHING.has(kind));
  }

  /** What it has heard before it spoke next. */
  heard(): Held[] {
    const held: Held[] = [];
    for (let item = this.#peek(); item?.way === 'heard'; item = this.#peek()) {
      held.push(item.held);
      this.#next += 1;
    }
    return held;
  }

  /** Everything that it sent before it heard more; for the first encrypted record, only its flight or its alert. */
  sent(first: boolean): Held[] {
    const held: Held[] = [];
    for (let item = this.#peek(); item?.way === 'sent'; item = this.#peek()) {
      held.push(...item.held);
      this.#next += 1;
      if (first) break;
    }
    return held;
  }

  /** Its next word is an alert of this code: then it is told off, since it was readable. */
  passAlert(code: number): void {
    const item = this.#peek();
    const [only] = item?.way === 'sent' ? item.held : [];
    if (only?.name === 'Alert' && only.number === code) this.#next += 1;
  }

  get role(): GuestRole {
    return this.#role;
  }

  #peek(): Item | undefined {
    return this.#items[this.#next];
  }
}

const SAYS_SOMETHING: ReadonlySet<GuestEventKind> = new Set([
  'server_flight',
  'certificate',
  'chain_rejected',
  'finished',
  'alert_sent',
  'alert_received',
  'tls_error',
]);

/** A server's Certificate is not looked at before its EncryptedExtensions were (RFC 8446 §4.3.1). */
function beforeCertificate(role: GuestRole): Item[] {
  return role === 'client'
    ? [{ way: 'heard', held: { name: 'EncryptedExtensions', number: null, known: 'inferred' } }]
    : [];
}

function itemsOf(event: GuestEvent, role: GuestRole): Item[] {
  const told = (name: Held['name'], number: number | null = null): Held => ({ name, number, known: 'told' });
  switch (event.kind) {
    case 'certificate':
      return [...beforeCertificate(role), { way: 'heard', held: told('Certificate', event.count) }];
    case 'possession_ok':
    case 'possession_rejected':
      return [{ way: 'heard', held: told('CertificateVerify') }];
    case 'alert_received':
      return [{ way: 'heard', held: told('Alert', event.code) }];
    case 'finished':
      return role === 'server'
        ? [{ way: 'heard', held: told('Finished') }]
        : [
            { way: 'heard', held: told('Finished') },
            { way: 'sent', held: flightOf('client', 'told') },
          ];
    case 'server_flight':
      return role === 'server' ? [{ way: 'sent', held: flightOf('server', 'told') }] : [];
    case 'released':
      return [{ way: 'sent', held: [told('Secret', event.bytes)] }];
    case 'alert_sent':
      return [{ way: 'sent', held: [told('Alert', event.code)] }];
    default:
      return [];
  }
}
