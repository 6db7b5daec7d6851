import { isGrease } from './grease.ts';
import type { KeyShare, ShareFlaw } from './observation.ts';

/** Which end made a share: those of key encapsulation differ, a public key here and a ciphertext there. */
export type ShareOf = 'client' | 'server';

const UNCOMPRESSED = 4;
const X25519_BYTES = 32;

/**
 * Lengths of shares, client's and server's. Curves: RFC 8446 §4.2.8.2 and RFC 8734; finite fields: RFC 7919; ML-KEM: FIPS 203 and
 * draft-ietf-tls-mlkem; the hybrids: draft-ietf-tls-ecdhe-mlkem; 0x6399: draft-tls-westerbaan-xyber768d00.
 */
const LENGTHS: ReadonlyMap<number, readonly [client: number, server: number]> = new Map([
  [0x0017, [65, 65]],
  [0x0018, [97, 97]],
  [0x0019, [133, 133]],
  [0x001d, [32, 32]],
  [0x001e, [56, 56]],
  [0x001f, [65, 65]],
  [0x0020, [97, 97]],
  [0x0021, [129, 129]],
  [0x0029, [65, 65]],
  [0x0100, [256, 256]],
  [0x0101, [384, 384]],
  [0x0102, [512, 512]],
  [0x0103, [768, 768]],
  [0x0104, [1024, 1024]],
  [0x0200, [800, 768]],
  [0x0201, [1184, 1088]],
  [0x0202, [1568, 1568]],
  [0x11eb, [1249, 1153]],
  [0x11ec, [1216, 1120]],
  [0x11ed, [1665, 1665]],
  [0x6399, [1216, 1120]],
]);

/** Groups whose share is, or begins with, an uncompressed point. */
const POINTS: ReadonlySet<number> = new Set([0x17, 0x18, 0x19, 0x1f, 0x20, 0x21, 0x29, 0x11eb, 0x11ed]);

/** Points of small order on Curve25519 and its twist (RFC 7748 §6.1 and §7), the top bit left out; little-endian, hex. */
const SMALL_ORDER_X25519: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** Describes one share. `earlier`: groups that were named before it in the same list. */
export function describeShare(
  group: number,
  share: Uint8Array,
  of: ShareOf,
  earlier: readonly KeyShare[] = [],
): KeyShare {
  const flaw = earlier.some(other => other.group === group) ? 'repeated' : flawOf(group, share, of);
  return { group, length: share.length, flaw: isGrease(group) ? null : flaw };
}

function flawOf(group: number, share: Uint8Array, of: ShareOf): ShareFlaw | null {
  const length = LENGTHS.get(group)?.[of === 'client' ? 0 : 1];
  if (length === undefined) return share.length === 0 ? 'length' : null;
  if (share.length !== length) return 'length';
  if (POINTS.has(group)) return share[0] === UNCOMPRESSED ? null : 'format';
  const x25519 = x25519Of(group, share);
  if (x25519 !== null) return isSmallOrder(x25519) ? 'low_order' : null;
  return isFiniteField(group) && isTrivial(share) ? 'low_order' : null;
}

/** The X25519 part of a share: the whole, the end of X25519MLKEM768, the beginning of the Kyber draft. */
function x25519Of(group: number, share: Uint8Array): Uint8Array | null {
  if (group === 0x001d || group === 0x6399) return share.subarray(0, X25519_BYTES);
  return group === 0x11ec ? share.subarray(-X25519_BYTES) : null;
}

function isSmallOrder(point: Uint8Array): boolean {
  const masked = Buffer.from(point);
  masked[X25519_BYTES - 1] = (masked[X25519_BYTES - 1] ?? 0) & 0x7f;
  return SMALL_ORDER_X25519.has(masked.toString('hex'));
}

function isFiniteField(group: number): boolean {
  return group >= 0x0100 && group <= 0x0104;
}

/** 0 and 1 generate nothing (RFC 8446 §4.2.8.1). */
function isTrivial(share: Uint8Array): boolean {
  return share.subarray(0, -1).every(byte => byte === 0) && (share.at(-1) ?? 0) <= 1;
}
