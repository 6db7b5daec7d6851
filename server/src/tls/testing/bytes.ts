/** Small builders of TLS bytes for tests. All of them follow RFC 8446 §4 and §5. */

export function u8(value: number): Buffer {
  return Buffer.from([value]);
}

export function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

export function u24(value: number): Buffer {
  return Buffer.from([value >> 16, (value >> 8) & 0xff, value & 0xff]);
}

export function vector8(body: Uint8Array): Buffer {
  return Buffer.concat([u8(body.length), body]);
}

export function vector16(body: Uint8Array): Buffer {
  return Buffer.concat([u16(body.length), body]);
}

export function u16s(values: readonly number[]): Buffer {
  return Buffer.concat(values.map(u16));
}

export function record(type: number, body: Uint8Array, version = 0x0303): Buffer {
  return Buffer.concat([u8(type), u16(version), vector16(body)]);
}

export function message(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([u8(type), u24(body.length), body]);
}

export function extension(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([u16(type), vector16(body)]);
}

export function alert(level: number, code: number): Buffer {
  return record(21, Buffer.from([level, code]));
}

export const CHANGE_CIPHER_SPEC = record(20, u8(1));

/** A record that only its holder of keys can read, of the given length. */
export function sealed(length: number): Buffer {
  return record(23, Buffer.alloc(length, 0x5a));
}

/** As varied as a random is. */
export const CLIENT_RANDOM = Buffer.from('c1a9e7035d44f81b2e96b07acd3f1288547e60a2d9370f91bb4c08e56af22d73', 'hex');

export interface HelloParts {
  version?: number;
  random?: Uint8Array;
  sessionId?: Uint8Array;
  ciphers?: readonly number[];
  compression?: readonly number[];
  /** Whole extensions; null leaves the field out. */
  extensions?: readonly Uint8Array[] | null;
}

export const TLS13_EXTENSIONS: readonly Buffer[] = [
  extension(43, vector8(u16s([0x0304]))),
  extension(10, vector16(u16s([29, 23]))),
  extension(13, vector16(u16s([0x0403, 0x0804]))),
  extension(51, vector16(Buffer.concat([u16(29), vector16(Buffer.alloc(32, 9))]))),
];

/** A ClientHello message with its header; TLS 1.3 as most clients would send it unless told otherwise. */
export function clientHello(parts: HelloParts = {}): Buffer {
  const { extensions = TLS13_EXTENSIONS } = parts;
  const body = [
    u16(parts.version ?? 0x0303),
    parts.random ?? CLIENT_RANDOM,
    vector8(parts.sessionId ?? Buffer.alloc(32, 8)),
    vector16(u16s(parts.ciphers ?? [0x1301, 0x1303])),
    vector8(Buffer.from(parts.compression ?? [0])),
    ...(extensions === null ? [] : [vector16(Buffer.concat(extensions))]),
  ];
  return message(1, Buffer.concat(body));
}

export interface ServerHelloParts {
  version?: number;
  random?: Uint8Array;
  cipher?: number;
  extensions?: readonly Uint8Array[] | null;
}

const SERVER_TLS13_EXTENSIONS: readonly Buffer[] = [
  extension(43, u16(0x0304)),
  extension(51, Buffer.concat([u16(29), vector16(Buffer.alloc(32, 9))])),
];

/** A ServerHello message with its header; it agrees to TLS 1.3 with X25519 unless told otherwise. */
export function serverHello(parts: ServerHelloParts = {}): Buffer {
  const { extensions = SERVER_TLS13_EXTENSIONS } = parts;
  const body = [
    u16(parts.version ?? 0x0303),
    parts.random ?? Buffer.alloc(32, 6),
    vector8(Buffer.alloc(32, 8)),
    u16(parts.cipher ?? 0x1301),
    u8(0),
    ...(extensions === null ? [] : [vector16(Buffer.concat(extensions))]),
  ];
  return message(2, Buffer.concat(body));
}
