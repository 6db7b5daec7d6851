import { createHmac, type KeyObject } from 'node:crypto';
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
export function encodePreface(id: AttemptId, guestPort: number, key: KeyObject): Buffer {
  const preface = Buffer.alloc(PREFACE_BYTES);
  HEAD.copy(preface);
  const idBytes = uuidToBytes(id);
  preface.set(idBytes, ID_AT);
  MAC_HEAD.copy(preface, ID_AT + 16);
  const port = Buffer.alloc(2);
  port.writeUInt16BE(guestPort);
  preface.set(createHmac('sha256', key).update(idBytes).update(port).digest().subarray(0, 16), MAC_AT);
  return preface;
}

export const PREFACE_BYTES = 54;

const HEAD = Buffer.from('0d0a0d0a000d0a515549540a' + '21000026' + '050010', 'hex');
const MAC_HEAD = Buffer.from('e00010', 'hex');
const ID_AT = 19;
const MAC_AT = 38;
