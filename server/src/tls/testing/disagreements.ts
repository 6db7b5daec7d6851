import assert from 'node:assert/strict';
import type { TlsObservation } from '../observation.ts';
import { TlsObserver } from '../observer.ts';
import { RECORD_HEADER_BYTES } from '../record-reader.ts';
import type { Fields } from './tshark.ts';
import { differences } from './tshark-fields.ts';

/** A broken hello, what we made of it, and what tshark did. */
export interface Judged {
  bytes: Buffer;
  seen: TlsObservation;
  theirs: Fields;
}

/** A reason why the two differ about a hello of which tshark does not complain, and what still has to hold. */
interface Disagreement {
  name: string;
  /** What says that we are right, or that nobody is wrong. */
  reference: string;
  applies(judged: Judged): boolean;
  check(judged: Judged): void;
}

const HANDSHAKE_HEADER_BYTES = 4;
const VERSION_AND_RANDOM_BYTES = 34;

/** Fields of names, which tshark prints in its own way where they are not plain; and lengths of what holds them. */
const NAMES = /extensions_(alpn_str|server_name)/;
const LENGTHS = /^in tls\.record\.length/;

/** Each is the only one that applies to a hello. tshark is 4.0. */
export const DISAGREEMENTS: readonly Disagreement[] = [
  {
    name: 'bytes behind the extensions',
    // "check that the amount of data in the message precisely matches one of these formats; if not … decode_error"
    reference: 'RFC 5246 §7.4.1.2',
    applies: ({ seen, bytes }) => isKnownVersion(seen) && has(seen, 'malformed_hello') && surplus(bytes) > 0,
    // tshark passes over them: without them we read what it read.
    check: ({ bytes, theirs }) => assertSame(bytes, without(bytes, surplus(bytes)), theirs, LENGTHS),
  },
  {
    name: 'a record version that does not exist',
    // To be ignored, so we read on and remark on it; tshark takes the record for no TLS.
    reference: 'RFC 8446 §5.1',
    applies: ({ seen }) => has(seen, 'record_version'),
    check: ({ theirs }) => assert.deepEqual(theirs['tls.handshake.ciphersuite'], []),
  },
  {
    name: 'a name that is not plain text',
    reference: 'RFC 7301 §3.1, RFC 6066 §3',
    applies: ({ seen }) => isKnownVersion(seen) && seen.helloState === 'complete' && hasOddName(seen),
    check: ({ bytes, theirs }) => assertSame(bytes, bytes, theirs, NAMES),
  },
  {
    name: 'another message',
    reference: 'RFC 8446 §4',
    applies: ({ seen }) => has(seen, 'wrong_first_message'),
    check: ({ theirs }) => assert.notEqual(Number(theirs['tls.handshake.type']?.[0]), 1),
  },
  {
    name: 'a length that no message has',
    // tshark waits for the rest of it, which may be 2^24 bytes.
    reference: 'RFC 8446 §4, CAPEC-130',
    applies: ({ seen }) => has(seen, 'handshake_length_bomb'),
    check: ({ theirs }) => assert.deepEqual(theirs['tls.handshake.ciphersuite'], []),
  },
  {
    name: 'no TLS',
    reference: 'RFC 8446 §5.1',
    applies: ({ seen }) => seen.looksLikeTls === false,
    check: ({ theirs }) => assert.deepEqual(theirs['tls.handshake.type'], []),
  },
];

/** How many bytes of the hello message lie behind its extensions; 0 where its structure cannot be walked to there. */
export function surplus(bytes: Buffer): number {
  let at = RECORD_HEADER_BYTES + HANDSHAKE_HEADER_BYTES + VERSION_AND_RANDOM_BYTES;
  if (at >= bytes.length) return 0;
  at += 1 + bytes.readUInt8(at);
  for (const width of [2, 1, 2]) {
    if (at + width > bytes.length) return 0;
    at += width + bytes.readUIntBE(at, width);
  }
  return Math.max(0, bytes.length - at);
}

/** The same hello without its last bytes; the lengths of record and message say so. */
function without(bytes: Buffer, count: number): Buffer {
  const shorter = Buffer.from(bytes.subarray(0, bytes.length - count));
  shorter.writeUInt16BE(shorter.length - RECORD_HEADER_BYTES, 3);
  shorter.writeUIntBE(shorter.length - RECORD_HEADER_BYTES - HANDSHAKE_HEADER_BYTES, RECORD_HEADER_BYTES + 1, 3);
  return shorter;
}

/** What we read of `read` is what tshark read of `bytes`, but for some fields. */
function assertSame(bytes: Buffer, read: Buffer, theirs: Fields, but: RegExp): void {
  const observer = new TlsObserver('server');
  observer.push('in', read, 0);
  const found = differences(observer.result(), 'in', read.length, theirs).filter(line => !but.test(line));
  assert.deepEqual(found, [], bytes.toString('hex'));
}

/** tshark shows escapes, cuts at commas, and has no word for an empty name or one of another type. */
export function hasOddName({ clientHello }: TlsObservation): boolean {
  const names = [...(clientHello?.alpn ?? []), clientHello?.sni?.name ?? ''];
  return names.some(name => /\\|,/.test(name)) || clientHello?.sni?.kind === 'empty';
}

function isKnownVersion(seen: TlsObservation): boolean {
  return !has(seen, 'record_version');
}

function has({ anomalies }: TlsObservation, wanted: string): boolean {
  return anomalies.some(({ kind }) => kind === wanted);
}
