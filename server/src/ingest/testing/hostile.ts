import type { Draft } from '../../store/publication.ts';
import { newUuidV7 } from '../../wire/ids.ts';
import type { AttemptFacts } from '../attempt-facts.ts';
import { BootBook } from '../boot-book.ts';
import { composeDraft } from '../compose.ts';
import { surroundings } from './harness.ts';
import type { GuestEventBody } from './story.ts';
import { attemptStory } from './story.ts';

const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const u24 = (value: number) => Buffer.from([value >> 16, (value >> 8) & 0xff, value & 0xff]);
const within16 = (...parts: Uint8Array[]) => Buffer.concat([u16(Buffer.concat(parts).length), ...parts]);
const within8 = (part: Uint8Array) => Buffer.concat([Buffer.from([part.length]), part]);

export interface HelloOptions {
  sni?: string;
  alpn?: string[];
  ciphers?: number[];
  groups?: number[];
  signatures?: number[];
}

/** A ClientHello (RFC 8446 §4.1.2) in as many records as it takes. */
export function clientHello(options: HelloOptions = {}): Buffer {
  const extension = (type: number, body: Uint8Array) => Buffer.concat([u16(type), within16(body)]);
  const list = (values: readonly number[]) => within16(...values.map(u16));
  const extensions = [
    extension(0, within16(Buffer.from([0]), within16(Buffer.from(options.sni ?? 'pinata', 'latin1')))),
    extension(10, list(options.groups ?? [0x001d])),
    extension(13, list(options.signatures ?? [0x0403])),
    extension(16, within16(...(options.alpn ?? ['h2']).map(name => within8(Buffer.from(name, 'latin1'))))),
    extension(43, within8(u16(0x0304))),
    extension(51, within16(u16(0x001d), within16(Buffer.alloc(32, 9)))),
  ];
  const body = Buffer.concat([
    u16(0x0303),
    Buffer.alloc(32, 0xa5),
    Buffer.from([0]),
    list(options.ciphers ?? [0x1301]),
    Buffer.from([1, 0]),
    within16(...extensions),
  ]);
  return inRecords(Buffer.concat([Buffer.from([1]), u24(body.length), body]));
}

const RECORD_BYTES = 16_384;

function inRecords(message: Buffer): Buffer {
  const count = Math.ceil(message.length / RECORD_BYTES);
  const cut = (index: number) => message.subarray(index * RECORD_BYTES, (index + 1) * RECORD_BYTES);
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => Buffer.concat([Buffer.from([22, 3, 1]), within16(cut(index))])),
  );
}

/** What an attempt is made of that tries to be long, odd and personal. */
export function hostileFacts(hello: HelloOptions, events: GuestEventBody[]): AttemptFacts {
  const bootId = newUuidV7(1_800_000_000_000);
  const { id, gateway, supervisor } = attemptStory({ bootId, sent: clientHello(hello), events });
  const opened = gateway.find(fact => fact.kind === 'open');
  if (!opened) throw new Error('a story begins with an opening');
  const { source: _, ...open } = opened;
  return {
    id,
    open,
    gateway: gateway.filter(fact => fact.kind === 'data' || fact.kind === 'dial' || fact.kind === 'close'),
    guest: supervisor.filter(fact => fact.kind === 'guest'),
  };
}

/** Composes a new attempt from facts. */
export function composed(facts: AttemptFacts): Draft {
  const around = surroundings(new BootBook([]), () => 0);
  const draft = composeDraft(facts, { ip: '192.0.2.7', port: 40_000 }, null, around);
  if (!draft) throw new Error('a new attempt gives a draft');
  return draft;
}

/** An attempt whose SNI, ALPN and error carry markers of an attacker. */
export function hostileDraft(): { draft: Draft; markers: string[] } {
  const facts = hostileFacts({ sni: 'sni-marker.example', alpn: ['alpn-marker'] }, [
    { kind: 'client_hello' },
    { kind: 'tls_error', what: 'error-marker' },
    { kind: 'alert_sent', code: 40 },
  ]);
  return { draft: composed(facts), markers: ['sni-marker', 'alpn-marker'] };
}
