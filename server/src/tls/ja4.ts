import { hash as digest } from 'node:crypto';
import { isGrease, withoutGrease } from './grease.ts';
import type { ClientHello } from './observation.ts';
import { Extension, Version } from './protocol.ts';

const HASH_CHARS = 12;
const EMPTY_HASH = '0'.repeat(HASH_CHARS);
const COUNT_MAX = 99;

const VERSION_NAMES: ReadonlyMap<number, string> = new Map([
  [Version.tls13, '13'],
  [Version.tls12, '12'],
  [Version.tls11, '11'],
  [Version.tls10, '10'],
  [Version.ssl3, 's3'],
  [Version.ssl2, 's2'],
]);

/**
 * JA4 of a ClientHello over TCP (FoxIO, "JA4: TLS Client Fingerprinting", BSD):
 * `t` version `d`|`i` ciphers(2) extensions(2) alpn(2) `_` hash of the sorted ciphers `_` hash of the sorted extensions without
 * SNI and ALPN and, after `_`, the signature algorithms in order. GREASE counts nowhere.
 */
export function ja4(hello: ClientHello, firstAlpn: Uint8Array | null): string {
  const ciphers = withoutGrease(hello.ciphers);
  const extensions = withoutGrease(hello.extensions);
  const version = VERSION_NAMES.get(highestVersion(hello)) ?? '00';
  const sni = extensions.includes(Extension.serverName) ? 'd' : 'i';
  const start = `t${version}${sni}${count(ciphers)}${count(extensions)}${alpnMark(firstAlpn)}`;
  return `${start}_${hash(sortedHex(ciphers))}_${hash(extensionPart(hello, extensions))}`;
}

function highestVersion(hello: ClientHello): number {
  const offered = withoutGrease(hello.supportedVersions);
  return offered.length > 0 ? offered.reduce((a, b) => Math.max(a, b)) : hello.legacyVersion;
}

function extensionPart(hello: ClientHello, extensions: number[]): string {
  const listed = sortedHex(extensions.filter(e => e !== Extension.serverName && e !== Extension.alpn));
  const algorithms = hello.signatureAlgorithms.filter(a => !isGrease(a)).map(hex4);
  return algorithms.length > 0 ? `${listed}_${algorithms.join(',')}` : listed;
}

/** First and last character of the first protocol name; where either is not a letter or digit, of its hexadecimal form. */
function alpnMark(name: Uint8Array | null): string {
  if (name === null || name.length === 0) return '00';
  const first = name[0] ?? 0;
  const last = name[name.length - 1] ?? 0;
  if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last);
  return `${hex2(first)[0]}${hex2(last)[1]}`;
}

function isAlphanumeric(byte: number): boolean {
  return /[0-9A-Za-z]/.test(String.fromCharCode(byte));
}

function count(list: number[]): string {
  return String(Math.min(list.length, COUNT_MAX)).padStart(2, '0');
}

function sortedHex(list: number[]): string {
  return list.map(hex4).sort().join(',');
}

function hash(text: string): string {
  return text === '' ? EMPTY_HASH : digest('sha256', text).slice(0, HASH_CHARS);
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0');
}
