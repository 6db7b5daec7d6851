// Just enough of X.690 to write a certificate whose names are whatever bytes one likes, in whatever string type.
import { generateKeyPairSync, sign } from 'node:crypto';
import type { Credentials } from '../e2e/peers/script.ts';

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTC_TIME = 0x17;
const EXPLICIT = 0xa0;

/** The character string types that names occur in (RFC 5280 §4.1.2.4), and their tags. */
export const STRING_TYPES = {
  utf8: 0x0c,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  visible: 0x1a,
  universal: 0x1c,
  bmp: 0x1e,
} as const;

/** Context tags of GeneralName (RFC 5280 §4.2.1.6). */
const GENERAL_NAMES = { email: 0x81, dns: 0x82, uri: 0x86, address: 0x87 } as const;

const COMMON_NAME = '550403';
const SUBJECT_ALTERNATIVE_NAME = '551d11';
const ECDSA_WITH_SHA256 = '2a8648ce3d040302';

function tlv(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), body]);
  const bytes =
    length < 0x100 ? [length] : length < 0x10000 ? [length >> 8, length] : [length >> 16, length >> 8, length];
  return Buffer.concat([Buffer.of(tag, 0x80 | bytes.length, ...bytes.map(byte => byte & 0xff)), body]);
}

const oid = (hex: string) => tlv(OBJECT_IDENTIFIER, Buffer.from(hex, 'hex'));
const algorithm = () => tlv(SEQUENCE, oid(ECDSA_WITH_SHA256));

/** A name of one common name for each of these strings. */
function nameOf(strings: readonly (readonly [tag: number, bytes: Uint8Array])[]): Buffer {
  return tlv(SEQUENCE, ...strings.map(([tag, bytes]) => tlv(SET, tlv(SEQUENCE, oid(COMMON_NAME), tlv(tag, bytes)))));
}

/** A self-signed certificate and its key, with the bytes in every name of it, in every string type, and as its serial number. */
export function certificateNaming(bytes: Uint8Array): Credentials {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = Object.values(STRING_TYPES).map(tag => [tag, bytes] as const);
  const alternatives = tlv(SEQUENCE, ...Object.values(GENERAL_NAMES).map(tag => tlv(tag, bytes)));
  const extension = tlv(SEQUENCE, oid(SUBJECT_ALTERNATIVE_NAME), tlv(OCTET_STRING, alternatives));
  const body = tlv(
    SEQUENCE,
    tlv(EXPLICIT, tlv(INTEGER, Buffer.of(2))),
    // Positive whatever the bytes are; longer than the 20 that RFC 5280 allows for most of them.
    tlv(INTEGER, Buffer.of(1), bytes.subarray(0, 40)),
    algorithm(),
    nameOf(names.toReversed()),
    tlv(SEQUENCE, tlv(UTC_TIME, Buffer.from('260101000000Z')), tlv(UTC_TIME, Buffer.from('360101000000Z'))),
    nameOf(names),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(EXPLICIT | 3, tlv(SEQUENCE, extension)),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = tlv(SEQUENCE, body, algorithm(), tlv(BIT_STRING, Buffer.of(0), signature));
  return { chain: [certificate], key: privateKey };
}
