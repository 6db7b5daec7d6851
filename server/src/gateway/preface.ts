import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type AttemptId, uuidToBytes } from '../wire/ids.ts';

/**
 * The first bytes of each connection to a guest: a PROXY protocol v2 header of fixed size (HAProxy, "The PROXY protocol", §2.2).
 *
 *   0   12  signature
 *   12  1   0x21: version 2, command PROXY
 *   13  1   0x00: family UNSPEC, the guest needs no addresses
 *   14  2   0x0026: 38 bytes follow
 *   16  19  TLV 0x05 (PP2_TYPE_UNIQUE_ID), length 16: the attempt's id
 *   35  19  TLV 0xE0 (custom), length 16: HMAC-SHA-256(preface key, id ‖ port), truncated
 */
export function encodePreface(id: AttemptId, guestPort: number, key: PrefaceKey): Buffer {
  const preface = Buffer.from(FORM);
  const idBytes = uuidToBytes(id);
  preface.set(idBytes, ID_AT);
  preface.set(key(idBytes, guestPort), MAC_AT);
  return preface;
}

export const PREFACE_BYTES = 54;

const ID_AT = 19;
const MAC_AT = 38;
const MAC_BYTES = 16;
const FORM = Buffer.from(
  `0d0a0d0a000d0a515549540a21000026050010${'00'.repeat(16)}e00010${'00'.repeat(MAC_BYTES)}`,
  'hex',
);

/** Signs for one boot: HMAC-SHA-256(key, id ‖ port), truncated. The answer is good until the next call. */
export type PrefaceKey = (id: Uint8Array, guestPort: number) => Uint8Array;

/**
 * Makes a boot's key ready once for all its prefaces. Not by node:crypto: to make and drop one of its native objects for each attempt
 * took a seventh of the gateway's time (`test/bench/gateway.ts`). Nobody outside sees how long a signature takes.
 */
export function readyPrefaceKey(key: Uint8Array): PrefaceKey {
  const keyed = hmac.create(sha256, key);
  const work = keyed.clone();
  const port = Buffer.alloc(2);
  const mac = Buffer.alloc(sha256.outputLen);
  return (id, guestPort) => {
    port.writeUInt16BE(guestPort);
    keyed._cloneInto(work).update(id).update(port).digestInto(mac);
    return mac.subarray(0, MAC_BYTES);
  };
}
