import type { Direction } from '../../wire/facts.ts';
import type { ClientHello, RecordSeen, TlsObservation } from '../observation.ts';
import { Version } from '../protocol.ts';
import { RECORD_HEADER_BYTES } from '../record-reader.ts';
import type { Fields } from './tshark.ts';

/** tshark's names of what an observation holds of one direction, and our values in its order, as numbers or text. */
type Value = (seen: Side) => (number | string)[];

/** What was seen of one direction; `hellos` and the server's are those of the side that sent them. */
interface Side {
  seen: TlsObservation;
  dir: Direction;
  /** Complete ones. */
  records: RecordSeen[];
  hellos: ClientHello[];
}

const fromHellos =
  (list: (hello: ClientHello) => (number | string)[]): Value =>
  ({ hellos }) =>
    hellos.flatMap(list);

/** Fields of what the client sends. */
const CLIENT: Readonly<Record<string, Value>> = {
  'tls.handshake.version': ({ hellos, seen }) => [
    ...hellos.map(hello => hello.legacyVersion),
    ...(seen.ssl2 ? [seen.ssl2.version] : []),
  ],
  'tls.handshake.random': fromHellos(hello => [hello.random]),
  'tls.handshake.session_id_length': ({ hellos, seen }) => [
    ...hellos.map(hello => hello.sessionIdLength),
    ...(seen.ssl2 ? [seen.ssl2.sessionIdLength] : []),
  ],
  'tls.handshake.ciphersuite': fromHellos(hello => hello.ciphers),
  'tls.handshake.cipherspec': ({ seen }) => seen.ssl2?.ciphers ?? [],
  'tls.handshake.comp_method': fromHellos(hello => hello.compression),
  'tls.handshake.extension.type': fromHellos(hello => hello.extensions),
  'tls.handshake.extension.len': fromHellos(hello =>
    hello.extensions.map((_, index) => (hello.extensionAt[index + 1] ?? 0) - (hello.extensionAt[index] ?? 0) - 4),
  ),
  'tls.handshake.extensions.supported_version': fromHellos(hello => hello.supportedVersions),
  'tls.handshake.extensions_supported_group': fromHellos(hello => hello.groups),
  'tls.handshake.extensions_key_share_group': fromHellos(hello => hello.keyShares),
  'tls.handshake.extensions_key_share_key_exchange_length': fromHellos(hello =>
    hello.shares.map(({ length }) => length),
  ),
  'tls.handshake.extensions_ec_point_format': fromHellos(hello => hello.pointFormats),
  'tls.handshake.extensions_alpn_str': fromHellos(hello => hello.alpn),
  'tls.handshake.extensions_server_name': fromHellos(hello => (hello.sni ? [hello.sni.name] : []).filter(Boolean)),
  'tls.extension.psk_ke_mode': fromHellos(hello => hello.pskModes),
  'tls.handshake.sig_hash_alg': ({ hellos, seen, dir }) => [
    ...hellos.flatMap(algorithmsInOrder),
    ...seen.signatures.filter(one => one.dir === dir).map(({ algorithm }) => algorithm),
  ],
  'tls.handshake.ja3': ({ seen, hellos }) => (hellos.length > 0 && seen.ja3 ? [seen.ja3] : []),
};

/** Fields of what the server sends; where it asked for another hello, only those of its second answer are held. */
const SERVER: Readonly<Record<string, Value>> = {
  'tls.handshake.version': ({ seen }) => (seen.serverHello ? [seen.serverHello.legacyVersion] : []),
  'tls.handshake.random': ({ seen }) => (seen.serverHello ? [seen.serverHello.random] : []),
  'tls.handshake.session_id_length': ({ seen }) => (seen.serverHello ? [seen.serverHello.sessionIdLength] : []),
  'tls.handshake.ciphersuite': ({ seen }) => (seen.serverHello ? [seen.serverHello.cipher] : []),
  'tls.handshake.comp_method': ({ seen }) => (seen.serverHello ? [seen.serverHello.compression] : []),
  'tls.handshake.extension.type': ({ seen }) => seen.serverHello?.extensions ?? [],
  'tls.handshake.extensions_key_share_key_exchange_length': ({ seen }) =>
    seen.serverHello?.share ? [seen.serverHello.share.length] : [],
  'tls.handshake.ja3s': ({ seen }) => (seen.ja3s ? [seen.ja3s] : []),
};

/** Fields of either side. */
const BOTH: Readonly<Record<string, Value>> = {
  'tls.record.version': ({ records, seen, dir }) => [
    ...(dir === 'in' && seen.ssl2 ? [Version.ssl2] : []),
    ...records.map(({ version }) => version),
  ],
  'tls.record.length': ({ records, seen, dir }) => [
    ...(dir === 'in' && seen.ssl2 ? [(seen.hello?.bytes ?? 2) - 2] : []),
    ...records.map(({ length }) => length),
  ],
  'tls.handshake.type': ({ records, seen, dir }) => [
    ...(dir === 'in' && seen.ssl2 ? [1] : []),
    ...records.flatMap(({ messages }) => messages),
  ],
  'tls.alert_message.level': ({ seen, dir }) => alerts(seen, dir).map(({ level }) => level),
  'tls.alert_message.desc': ({ seen, dir }) => alerts(seen, dir).map(({ code }) => code),
  'tls.heartbeat_message.type': ({ seen, dir }) =>
    seen.heartbeats.filter(one => one.dir === dir).map(({ type }) => type),
  'tls.heartbeat_message.payload_length': ({ seen, dir }) =>
    seen.heartbeats.filter(one => one.dir === dir).flatMap(({ declared }) => declared ?? []),
  'tls.handshake.certificate_length': ({ seen, dir }) =>
    seen.certificates.filter(one => one.dir === dir).flatMap(({ sizes }) => sizes),
};

const SPECIFICATIONS = 'tls.change_cipher_spec';
const RECORD_TYPES = ['tls.record.content_type', 'tls.record.opaque_type'] as const;
const TROUBLE = ['_ws.malformed', '_ws.expert.message'] as const;
/** What tshark remarks on the TCP connection itself, and on things that are odd but clear. */
const REMARKS = /^Connection (establish|finish)|^$/;

/** All that tshark is asked for. */
export const FIELDS: readonly string[] = [
  ...new Set([
    ...Object.keys(CLIENT),
    ...Object.keys(SERVER),
    ...Object.keys(BOTH),
    SPECIFICATIONS,
    ...RECORD_TYPES,
    ...TROUBLE,
  ]),
];

/** Names of the fields of a direction in which tshark and an observation differ, with both values. */
export function differences(seen: TlsObservation, dir: Direction, bytes: number, theirs: Fields): string[] {
  const side = sideOf(seen, dir, bytes);
  const values = { ...(dir === 'in' ? CLIENT : SERVER), ...BOTH };
  const differing = Object.entries(values).flatMap(([field, value]) => {
    const ours = value(side).map(plain);
    // A list of the server's parameters or requests may follow in messages that we do not read.
    const all = (theirs[field] ?? []).map(plain);
    const read =
      dir === 'out' && field in SERVER ? all.slice(seen.helloRetryRequest ? -ours.length || all.length : 0) : all;
    return same(ours, read) ? [] : [`${dir} ${field}: ${ours.join(' ')} / ${all.join(' ')}`];
  });
  const types = RECORD_TYPES.flatMap(field => (theirs[field] ?? []).map(plain)).sort();
  const ourTypes = side.records.map(({ type }) => plain(type)).sort();
  return same(ourTypes, types) ? differing : [...differing, `${dir} record types: ${ourTypes} / ${types}`];
}

/** What tshark finds wrong. */
export function troubleOf(theirs: Fields): string[] {
  return TROUBLE.flatMap(field => theirs[field] ?? []).filter(text => !REMARKS.test(text));
}

/** Both lists have one name there, and come in the order of their extensions. */
function algorithmsInOrder({ extensions, signatureAlgorithms, certificateAlgorithms }: ClientHello): number[] {
  const [at, certificateAt] = [13, 50].map(type => extensions.indexOf(type));
  const lists = [signatureAlgorithms, certificateAlgorithms];
  return ((at ?? 0) > (certificateAt ?? 0) ? lists.reverse() : lists).flat();
}

function sideOf(seen: TlsObservation, dir: Direction, bytes: number): Side {
  const hellos = [seen.clientHello, seen.secondHello].filter(hello => hello !== null);
  return {
    ...{ seen, dir, hellos: dir === 'in' ? hellos : [] },
    records: seen.records.filter(one => one.dir === dir && one.offset + RECORD_HEADER_BYTES + one.length <= bytes),
  };
}

function alerts(seen: TlsObservation, dir: Direction) {
  return seen.alerts.filter(({ from }) => (from === 'attacker') === (dir === 'in'));
}

/** Numbers in one form, whatever they are written in; text as it is. */
function plain(value: number | string): string {
  const number = typeof value === 'number' || /^(0x[0-9a-f]+|\d{1,10})$/.test(value) ? Number(value) : null;
  return number === null ? String(value) : String(number);
}

function same(ours: readonly string[], theirs: readonly string[]): boolean {
  return ours.length === theirs.length && ours.every((value, index) => value === theirs[index]);
}
