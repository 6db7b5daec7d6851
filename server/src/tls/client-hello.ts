import { ByteCursor } from './byte-cursor.ts';
import { isGrease } from './grease.ts';
import { describeShare } from './key-share.ts';
import type { ClientHello } from './observation.ts';
import { readPskOffer } from './pre-shared-key.ts';
import { printable } from './printable.ts';
import { Extension, isPostQuantumGroup } from './protocol.ts';

const HANDSHAKE_HEADER_BYTES = 4;
const RANDOM_BYTES = 32;
const LIST_LENGTH_BYTES = 2;
const SNI_HOST_NAME = 0;
const NAME_MAX_CHARS = 255;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const HOST = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?$/;

export interface ParsedClientHello {
  hello: ClientHello;
  /** The first protocol name in its own bytes, which JA4 needs; null without the extension or with an empty list. */
  firstAlpn: Uint8Array | null;
}

type Reader = (body: ByteCursor, parsed: ParsedClientHello) => boolean;

/**
 * Parses a ClientHello message with its 4-byte header (RFC 8446 §4.1.2). Null if its outer structure does not hold; an extension
 * that is wrong inside is named in the result instead. Lists keep the order of the wire, and their GREASE.
 */
export function parseClientHello(message: Uint8Array, recordVersion: number): ParsedClientHello | null {
  const cursor = new ByteCursor(message);
  cursor.take(HANDSHAKE_HEADER_BYTES);
  const hello = emptyHello(recordVersion);
  hello.legacyVersion = cursor.u16();
  hello.random = Buffer.from(cursor.take(RANDOM_BYTES)).toString('hex');
  hello.sessionIdLength = cursor.vector8().remaining;
  const ciphers = cursor.vector16();
  hello.ciphers = ciphers.u16List();
  hello.compression = cursor.vector8().u8List();
  const parsed: ParsedClientHello = { hello, firstAlpn: null };
  if (!cursor.ok || !ciphers.ok) return null;
  // SSL 3.0 and early TLS clients end here, without an extensions field.
  const extensionsAt = message.length - cursor.remaining + LIST_LENGTH_BYTES;
  if (cursor.remaining > 0 && !readExtensions(cursor, extensionsAt, parsed)) return null;
  if (hello.pskOffer !== null) hello.pskOffer.isLast = hello.extensions.at(-1) === Extension.preSharedKey;
  hello.grease = [hello.ciphers, hello.extensions, hello.groups, hello.supportedVersions].some(l => l.some(isGrease));
  hello.pqShare = hello.keyShares.some(isPostQuantumGroup);
  return parsed;
}

function readExtensions(cursor: ByteCursor, at: number, parsed: ParsedClientHello): boolean {
  const { hello } = parsed;
  const list = cursor.vector16();
  const length = list.remaining;
  const seen = new Set<number>();
  while (list.remaining > 0) {
    hello.extensionAt.push(at + length - list.remaining);
    const type = list.u16();
    const body = list.vector16();
    if (!list.ok) return false;
    hello.extensions.push(type);
    if (seen.has(type)) {
      hello.duplicateExtensions.push(type);
      continue;
    }
    seen.add(type);
    readExtension(type, body, parsed);
  }
  hello.extensionAt.push(at + length);
  return cursor.finished && list.ok;
}

function readExtension(type: number, body: ByteCursor, parsed: ParsedClientHello): void {
  const wellFormed = readerOf(type)?.(body, parsed) ?? true;
  if (!wellFormed) parsed.hello.malformedExtensions.push(type);
}

/** The reader of one extension's body; it tells whether the body was well formed. */
function readerOf(type: number): Reader | undefined {
  switch (type) {
    case Extension.serverName:
      return readServerName;
    case Extension.alpn:
      return readAlpn;
    case Extension.keyShare:
      return readKeyShares;
    case Extension.supportedGroups:
      return (body, { hello }) => readU16s(body, body.vector16(), hello.groups);
    case Extension.signatureAlgorithms:
      return (body, { hello }) => readU16s(body, body.vector16(), hello.signatureAlgorithms);
    case Extension.signatureAlgorithmsCert:
      return (body, { hello }) => readU16s(body, body.vector16(), hello.certificateAlgorithms);
    case Extension.supportedVersions:
      return (body, { hello }) => readU16s(body, body.vector8(), hello.supportedVersions);
    case Extension.pointFormats:
      return (body, { hello }) => readU8s(body, body.vector8(), hello.pointFormats);
    case Extension.pskKeyExchangeModes:
      return (body, { hello }) => readU8s(body, body.vector8(), hello.pskModes);
    case Extension.preSharedKey:
      return (body, { hello }) => {
        hello.psk = true;
        hello.pskOffer = readPskOffer(body);
        return hello.pskOffer !== null;
      };
    case Extension.earlyData:
      return (body, { hello }) => {
        hello.earlyData = true;
        return body.finished;
      };
    case Extension.encryptedClientHello:
      return (_, { hello }) => {
        hello.ech = true;
        return true;
      };
    case Extension.renegotiationInfo:
      return (body, { hello }) => {
        hello.renegotiationBytes = body.vector8().remaining;
        return body.finished;
      };
    case Extension.sessionTicket:
      return (body, { hello }) => {
        hello.ticketBytes = body.remaining;
        return true;
      };
    case Extension.heartbeat:
      return (body, { hello }) => {
        hello.heartbeatMode = body.u8();
        return body.finished;
      };
    default:
      return undefined;
  }
}

function readU16s(body: ByteCursor, list: ByteCursor, into: number[]): boolean {
  into.push(...list.u16List());
  return body.finished && list.finished;
}

function readU8s(body: ByteCursor, list: ByteCursor, into: number[]): boolean {
  into.push(...list.u8List());
  return body.finished && list.finished;
}

/** RFC 6066 §3: a list of (type, name); only host names exist. Servers send it empty, and some clients too. */
function readServerName(body: ByteCursor, { hello }: ParsedClientHello): boolean {
  hello.sni = { kind: 'empty', name: '' };
  if (body.remaining === 0) return true;
  const list = body.vector16();
  let found = false;
  while (list.remaining > 0) {
    const type = list.u8();
    const name = list.vector16();
    if (list.ok) hello.sniNames++;
    if (list.ok && type === SNI_HOST_NAME && !found) {
      found = true;
      hello.sni = describeName(printable(name.take(name.remaining), NAME_MAX_CHARS));
    }
  }
  const wellFormed = body.finished && list.finished;
  if (!wellFormed && !found) hello.sni = { kind: 'invalid', name: '' };
  return wellFormed;
}

function describeName(name: string): NonNullable<ClientHello['sni']> {
  if (name === '') return { kind: 'empty', name };
  if (IPV4.test(name) || name.includes(':')) return { kind: 'ip', name };
  return { kind: HOST.test(name) ? 'host' : 'invalid', name };
}

/** RFC 7301 §3.1. */
function readAlpn(body: ByteCursor, parsed: ParsedClientHello): boolean {
  const list = body.vector16();
  while (list.remaining > 0) {
    const name = list.vector8();
    if (!list.ok) return false;
    const bytes = name.take(name.remaining);
    parsed.firstAlpn ??= bytes;
    parsed.hello.alpn.push(printable(bytes, NAME_MAX_CHARS));
  }
  return body.finished && list.finished;
}

/** RFC 8446 §4.2.8: a list of (group, share). */
function readKeyShares(body: ByteCursor, { hello }: ParsedClientHello): boolean {
  const list = body.vector16();
  while (list.remaining > 0) {
    const group = list.u16();
    const share = list.vector16();
    if (!list.ok) return false;
    hello.shares.push(describeShare(group, share.take(share.remaining), 'client', hello.shares));
    hello.keyShares.push(group);
  }
  return body.finished && list.finished;
}

function emptyHello(recordVersion: number): ClientHello {
  return {
    recordVersion,
    legacyVersion: 0,
    random: '',
    sessionIdLength: 0,
    ciphers: [],
    compression: [],
    extensions: [],
    supportedVersions: [],
    groups: [],
    pointFormats: [],
    keyShares: [],
    signatureAlgorithms: [],
    certificateAlgorithms: [],
    alpn: [],
    pskModes: [],
    sni: null,
    psk: false,
    pskOffer: null,
    earlyData: false,
    ech: false,
    grease: false,
    pqShare: false,
    shares: [],
    sniNames: 0,
    renegotiationBytes: null,
    ticketBytes: null,
    heartbeatMode: null,
    malformedExtensions: [],
    duplicateExtensions: [],
    extensionAt: [],
  };
}
