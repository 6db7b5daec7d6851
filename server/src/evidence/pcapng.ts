import type { Packet } from './tcp-connection.ts';

/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian:
 *
 *   type (4) · length (4) · body, padded to 4 · length (4)
 *
 * An option is code (2) · length (2) · value, padded to 4; code 0 ends the list.
 */
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 0x0a;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const VERSION = { major: 1, minor: 0 };
const LENGTH_UNKNOWN = -1n;
/** Packets begin with an IP header, version 4 or 6. */
const LINKTYPE_RAW = 101;
/** "TLSK": a key log. */
const SECRETS_TLS = 0x544c534b;

const OPTION = { end: 0, comment: 1, application: 4, timeResolution: 9 } as const;
/** 10^-6 s. */
const MICROSECONDS = 6;

/** Begins a file. */
export function sectionHeader({ application, comment }: { application: string; comment: string }): Buffer {
  const fixed = Buffer.alloc(16);
  fixed.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
  fixed.writeUInt16LE(VERSION.major, 4);
  fixed.writeUInt16LE(VERSION.minor, 6);
  fixed.writeBigInt64LE(LENGTH_UNKNOWN, 8);
  return block(SECTION_HEADER, [fixed, text(OPTION.comment, comment), text(OPTION.application, application), END]);
}

/** The one interface of a file: IP packets without a link layer, times in microseconds. */
export function interfaceDescription(): Buffer {
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16LE(LINKTYPE_RAW, 0);
  return block(INTERFACE_DESCRIPTION, [fixed, option(OPTION.timeResolution, Uint8Array.of(MICROSECONDS)), END]);
}

/** Secrets that open TLS in the packets that follow. */
export function decryptionSecrets(keyLog: string): Buffer {
  const secrets = Buffer.from(keyLog);
  const fixed = Buffer.alloc(8);
  fixed.writeUInt32LE(SECRETS_TLS, 0);
  fixed.writeUInt32LE(secrets.length, 4);
  return block(DECRYPTION_SECRETS, [fixed, padded(secrets)]);
}

/** A packet, whole, on the first interface. */
export function enhancedPacket({ t, bytes, comment }: Packet): Buffer {
  const fixed = Buffer.alloc(20);
  fixed.writeUInt32LE(Math.floor(t / 2 ** 32), 4);
  fixed.writeUInt32LE(t % 2 ** 32, 8);
  fixed.writeUInt32LE(bytes.length, 12);
  fixed.writeUInt32LE(bytes.length, 16);
  const options = comment === null ? [] : [text(OPTION.comment, comment), END];
  return block(ENHANCED_PACKET, [fixed, padded(bytes), ...options]);
}

function block(type: number, parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length + 12;
  const whole = Buffer.alloc(length);
  whole.writeUInt32LE(type, 0);
  whole.writeUInt32LE(length, 4);
  whole.set(body, 8);
  whole.writeUInt32LE(length, length - 4);
  return whole;
}

function option(code: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

function text(code: number, value: string): Buffer {
  return option(code, Buffer.from(value));
}

const END = option(OPTION.end, new Uint8Array());

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, new Uint8Array(-bytes.length & 3)]);
}
