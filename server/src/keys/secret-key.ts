import { randomBytes } from 'node:crypto';
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { WIF } from '@scure/btc-signer/payment.js';
import { type NetworkName, prefixesOf } from './network.ts';

/** A secp256k1 private key: 32 bytes, big-endian, from 1 to n − 1. Whoever holds one zeroes it after use. */
export type SecretKey = Uint8Array;

const KEY_BYTES = 32;

/** Why a text is no private key. The message never repeats any of the text. */
export class SecretKeyError extends Error {
  override readonly name = 'SecretKeyError';
}

/**
 * Reads a private key from the bytes of a file: 64 hex digits, or WIF of the given network with the mark for a compressed key;
 * white space around it is allowed. Hex never becomes a string on the way; WIF does, because its decoder works on strings.
 * Throws SecretKeyError.
 */
export function parseSecretKey(file: Uint8Array, network: NetworkName): SecretKey {
  const text = trim(file);
  const key = text.length === KEY_BYTES * 2 ? fromHex(text) : fromWif(text, network);
  if (secp256k1.utils.isValidSecretKey(key)) return key;
  key.fill(0);
  throw new SecretKeyError('the number is zero or not below the order of the curve');
}

/** Wallet import format (Base58Check of prefix ‖ key ‖ 0x01). */
export function encodeWif(key: SecretKey, network: NetworkName): string {
  return WIF(prefixesOf(network)).encode(key);
}

export function newSecretKey(): SecretKey {
  for (;;) {
    const key = new Uint8Array(randomBytes(KEY_BYTES));
    if (secp256k1.utils.isValidSecretKey(key)) return key;
  }
}

/** The public half as BIP-340 writes it: the x coordinate, 32 bytes. */
export function xOnly(key: SecretKey): Uint8Array {
  return schnorr.getPublicKey(key);
}

function fromHex(text: Uint8Array): SecretKey {
  const key = new Uint8Array(KEY_BYTES);
  for (const [index, code] of text.entries()) {
    const digit = hexDigit(code);
    if (digit < 0) {
      key.fill(0);
      throw new SecretKeyError('64 characters, but not all of them are hex digits');
    }
    key[index >> 1] = ((key[index >> 1] ?? 0) << 4) | digit;
  }
  return key;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}

function fromWif(text: Uint8Array, network: NetworkName): SecretKey {
  try {
    return WIF(prefixesOf(network)).decode(Buffer.from(text).toString('latin1'));
  } catch {
    // The decoder's own message may quote the text.
    throw new SecretKeyError(`it is neither 64 hex digits nor a WIF of ${network} for a compressed key`);
  }
}

function trim(file: Uint8Array): Uint8Array {
  const isSpace = (code: number | undefined) => code === 0x20 || (code !== undefined && code >= 0x09 && code <= 0x0d);
  let start = 0;
  let end = file.length;
  while (start < end && isSpace(file[start])) start++;
  while (end > start && isSpace(file[end - 1])) end--;
  return file.subarray(start, end);
}
