import { randomBytes } from 'node:crypto';
import { encode } from 'cbor2';
import type { KeyRole } from './channel.ts';
import { FRAME_MAX_BYTES, LENGTH_BYTES } from './channel-frames.ts';
import type { GuestLimits } from './facts.ts';
import { type BootId, type Micros, uuidToBytes } from './ids.ts';

/** What the supervisor says to its guest (`pinata-image/channel.cddl`). */
export type HostMessage =
  | { type: 'provision'; provision: Provision }
  | { type: 'prove'; root: Uint8Array }
  | { type: 'stop' };

/** Everything a guest is told, once. Byte strings marked secret are zeroed by whoever made them. */
export interface Provision {
  target: string;
  bootId: BootId;
  /** SHA-256, 32 bytes. */
  image: Uint8Array;
  wall: Micros;
  /** 0: unknown, the guest calibrates. */
  tscKhz: number;
  limits: GuestLimits;
  /** 32 bytes, secret. */
  prefaceKey: Uint8Array;
  /** Secret. */
  document: Uint8Array;
  /** Secret. */
  keys: { role: KeyRole; key: Uint8Array }[];
  authority: GivenAuthority | null;
}

/** DER certificates and P-256 scalars (32 bytes, big-endian) of an authority that is published. */
export interface GivenAuthority {
  ca: Uint8Array;
  server: Uint8Array;
  client: Uint8Array;
  serverKey: Uint8Array;
  clientKey: Uint8Array;
}

/**
 * Encodes a frame with its length, definite and shortest, keys in the schema's order. The result of a `provision` holds
 * secrets and is the only copy that this function leaves: zero it once it is sent. Throws RangeError if it is too long.
 */
export function encodeHostFrame(seq: number, message: HostMessage): Uint8Array {
  const secrets = new Secrets();
  const cbor = encode([seq, message.type, body(message, secrets)]);
  if (cbor.length > FRAME_MAX_BYTES) throw new RangeError(`a frame of ${cbor.length} bytes`);
  const frame = new Uint8Array(LENGTH_BYTES + cbor.length);
  new DataView(frame.buffer).setUint32(0, cbor.length);
  frame.set(cbor, LENGTH_BYTES);
  secrets.insert(frame);
  return frame;
}

function body(message: HostMessage, secrets: Secrets): Map<string, unknown> {
  switch (message.type) {
    case 'provision':
      return provisionBody(message.provision, secrets);
    case 'prove':
      return new Map([['root', message.root]]);
    case 'stop':
      return new Map();
  }
}

function provisionBody(provision: Provision, secrets: Secrets): Map<string, unknown> {
  return new Map<string, unknown>([
    ['target', provision.target],
    ['boot', uuidToBytes(provision.bootId)],
    ['image', provision.image],
    ['wall', provision.wall],
    ['tsc_khz', provision.tscKhz],
    ['limits', limitsBody(provision.limits)],
    ['preface_key', secrets.placeholder(provision.prefaceKey)],
    ['document', secrets.placeholder(provision.document)],
    [
      'keys',
      provision.keys.map(
        ({ role, key }) =>
          new Map<string, unknown>([
            ['role', role],
            ['key', secrets.placeholder(key)],
          ]),
      ),
    ],
    ['authority', provision.authority && authorityBody(provision.authority)],
  ]);
}

function limitsBody(limits: GuestLimits): Map<string, number> {
  return new Map([
    ['places_server', limits.placesServer],
    ['places_client', limits.placesClient],
    ['handshake_ms', limits.handshakeMs],
    ['release_ms', limits.releaseMs],
    ['bytes_before_auth', limits.bytesBeforeAuthentication],
    ['chain_max', limits.chainMax],
    ['signatures_max', limits.signaturesMax],
  ]);
}

function authorityBody(authority: GivenAuthority): Map<string, Uint8Array> {
  return new Map([
    ['ca', authority.ca],
    ['server', authority.server],
    ['client', authority.client],
    ['server_key', authority.serverKey],
    ['client_key', authority.clientKey],
  ]);
}

/**
 * The encoder works in buffers of its own that nobody can zero. So it is given random stand-ins of the same length, and the
 * secrets go into the finished frame in their place.
 */
class Secrets {
  readonly #pairs: { standIn: Uint8Array; secret: Uint8Array }[] = [];

  placeholder(secret: Uint8Array): Uint8Array {
    const standIn = new Uint8Array(randomBytes(secret.length));
    this.#pairs.push({ standIn, secret });
    return standIn;
  }

  insert(frame: Uint8Array): void {
    for (const { standIn, secret } of this.#pairs) {
      if (secret.length < 32) throw new RangeError('a secret is too short to be found again');
      frame.set(secret, Buffer.from(frame.buffer).indexOf(standIn));
    }
  }
}
