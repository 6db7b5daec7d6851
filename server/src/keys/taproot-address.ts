import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { bech32m } from '@scure/base';

const WITNESS_VERSION = 1;

/**
 * The key-path address of an internal key without scripts (BIP-341, BIP-86): Q = P + H_TapTweak(P)·G, as bech32m (BIP-350) with the
 * human-readable part of `network`'s addresses (`bc`, `tb`, `bcrt`). The key is x-only, hex. Throws where it is no point.
 */
export function taprootAddress(internalKey: string, humanReadable: string): string {
  const { lift_x, pointToBytes, taggedHash } = schnorr.utils;
  const key = hexToBytes(internalKey);
  const point = lift_x(BigInt(`0x${internalKey}`));
  const tweak = secp256k1.Point.Fn.fromBytes(taggedHash('TapTweak', key));
  const output = pointToBytes(point.add(secp256k1.Point.BASE.multiply(tweak)));
  return bech32m.encode(humanReadable, [WITNESS_VERSION, ...bech32m.toWords(output)]);
}

/** The human-readable part of a bech32 address: what stands before its last 1. */
export function humanReadablePart(address: string): string {
  return address.slice(0, address.lastIndexOf('1'));
}
