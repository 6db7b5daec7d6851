import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';

// The key schedule and record protection of TLS 1.3 with TLS_AES_128_GCM_SHA256 (RFC 8446 §5.2, §5.3, §7.1).

const HASH_BYTES = 32;
const KEY_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NOTHING = Buffer.alloc(0);
const ZEROS = Buffer.alloc(HASH_BYTES);

export function sha256(...parts: Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function hmac(key: Uint8Array, bytes: Uint8Array): Buffer {
  return createHmac('sha256', key).update(bytes).digest();
}

/** HKDF-Expand-Label. At most one block of the hash is ever asked for here. */
function expandLabel(secret: Uint8Array, label: string, context: Uint8Array, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([
    Buffer.of(length >> 8, length & 0xff, name.length),
    name,
    Buffer.of(context.length),
    context,
  ]);
  return hmac(secret, Buffer.concat([info, Buffer.of(1)])).subarray(0, length);
}

/** One epoch's secrets of both sides, and the salt of what comes after. */
export interface Epoch {
  readonly client: Buffer;
  readonly server: Buffer;
  readonly next: Buffer;
}

/** From the shared secret of the key exchange and the hash of both hellos. */
export function handshakeEpoch(shared: Uint8Array, hellos: Uint8Array): Epoch {
  const early = expandLabel(hmac(ZEROS, ZEROS), 'derived', sha256(NOTHING), HASH_BYTES);
  return epochOf(hmac(early, shared), 'hs', hellos);
}

/** From the epoch before and the hash of everything to the server's Finished. */
export function applicationEpoch({ next }: Epoch, transcript: Uint8Array): Epoch {
  return epochOf(hmac(next, ZEROS), 'ap', transcript);
}

function epochOf(secret: Buffer, name: string, transcript: Uint8Array): Epoch {
  return {
    client: expandLabel(secret, `c ${name} traffic`, transcript, HASH_BYTES),
    server: expandLabel(secret, `s ${name} traffic`, transcript, HASH_BYTES),
    next: expandLabel(secret, 'derived', sha256(NOTHING), HASH_BYTES),
  };
}

/** The verify_data of a Finished (§4.4.4). */
export function verifyData(secret: Uint8Array, transcript: Uint8Array): Buffer {
  return hmac(expandLabel(secret, 'finished', NOTHING, HASH_BYTES), transcript);
}

/** Protects or opens the records of one side in one epoch. */
export class Protection {
  readonly #key: Buffer;
  readonly #nonce: Buffer;
  #sequence = 0;

  constructor(secret: Uint8Array) {
    this.#key = expandLabel(secret, 'key', NOTHING, KEY_BYTES);
    this.#nonce = expandLabel(secret, 'iv', NOTHING, NONCE_BYTES);
  }

  /** A record of application_data around `content` of `type`. */
  seal(type: number, content: Uint8Array): Buffer {
    const inner = Buffer.concat([content, Buffer.of(type)]);
    const length = inner.length + TAG_BYTES;
    const header = Buffer.of(0x17, 3, 3, length >> 8, length & 0xff);
    const cipher = createCipheriv('aes-128-gcm', this.#key, this.#next()).setAAD(header);
    return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
  }

  /** What a record with its header holds. Throws where it was sealed with another key. */
  open(record: Buffer): { type: number; content: Buffer } {
    const decipher = createDecipheriv('aes-128-gcm', this.#key, this.#next()).setAAD(record.subarray(0, 5));
    decipher.setAuthTag(record.subarray(-TAG_BYTES));
    const inner = Buffer.concat([decipher.update(record.subarray(5, -TAG_BYTES)), decipher.final()]);
    const end = inner.findLastIndex(byte => byte !== 0);
    return { type: inner[end] ?? 0, content: inner.subarray(0, end) };
  }

  #next(): Buffer {
    const nonce = Buffer.from(this.#nonce);
    nonce.writeUInt32BE((nonce.readUInt32BE(NONCE_BYTES - 4) ^ this.#sequence) >>> 0, NONCE_BYTES - 4);
    this.#sequence += 1;
    return nonce;
  }
}
