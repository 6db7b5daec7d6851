import type { RecordSeen } from '../../tls/observation.ts';
import { HandshakeType } from '../../tls/protocol.ts';
import type { Found } from './attack-class.ts';
import { anomaly, type Look, placeOfRecord, recordPlace } from './look.ts';

/** A handshake message in the clear, and the record that it begins in. */
export interface Sent {
  type: number;
  record: RecordSeen;
}

/** The order of a client's and of a server's messages (RFC 5246 §7.3). Messages that may come anywhere are left out. */
const CLIENT_ORDER = [1, 11, 16, 15, 20] as const;
const SERVER_ORDER = [2, 11, 22, 12, 13, 14, 4, 20] as const;
/** What must have come before a message of the client, and of the server. */
const CLIENT_NEEDS: ReadonlyMap<number, number> = new Map([
  [HandshakeType.certificateVerify, HandshakeType.clientKeyExchange],
  [HandshakeType.finished, HandshakeType.clientKeyExchange],
]);
const SERVER_NEEDS: ReadonlyMap<number, number> = new Map([
  [HandshakeType.serverHelloDone, HandshakeType.certificate],
  [HandshakeType.finished, HandshakeType.serverHelloDone],
]);

/** The attacker's first message that lacks one before it. */
export function skipped(look: Look): Found | null {
  const sent = messages(look, 'in');
  const needs = isServerGuest(look) ? CLIENT_NEEDS : SERVER_NEEDS;
  const bad = sent.findIndex(({ type }, index) => {
    const needed = needs.get(type);
    return needed !== undefined && !sent.slice(0, index).some(one => one.type === needed);
  });
  const message = sent[bad];
  if (!message || look.seen.helloState !== 'complete') return null;
  return { text: `message ${message.type} without ${needs.get(message.type)}`, at: recordPlace(message.record) };
}

/** The attacker's first message that comes where it may not. */
export function disordered(look: Look): Found | null {
  const first = anomaly(look, 'wrong_first_message');
  if (first) return { text: 'its first message is no hello', at: placeOfRecord(look, first) };
  const order: readonly number[] = isServerGuest(look) ? CLIENT_ORDER : SERVER_ORDER;
  const known = messages(look, 'in').filter(({ type }) => order.includes(type));
  // A second hello has classes of its own.
  const late = known.find(
    ({ type }, index) => index > 0 && order.indexOf(type) > 0 && isBehind(known[index - 1], type, order),
  );
  return late ? { text: `message ${late.type} comes too late`, at: recordPlace(late.record) } : null;
}

function isBehind(before: Sent | undefined, type: number, order: readonly number[]): boolean {
  return before !== undefined && order.indexOf(before.type) >= order.indexOf(type);
}

/** Handshake messages of one direction, in order. */
export function messages({ seen }: Look, dir: 'in' | 'out'): Sent[] {
  return seen.records
    .filter(record => record.dir === dir)
    .flatMap(record => record.messages.map(type => ({ type, record })));
}

/** The attacker is the client. */
export function isServerGuest({ c }: Look): boolean {
  return c.evidence.open.guestRole === 'server';
}
