import { decode } from 'cbor2';
import { readEvent } from './channel-event.ts';
import { Fields } from './channel-fields.ts';
import { ChannelError } from './channel-frames.ts';
import type { GuestEvent } from './guest-event.ts';
import { type AttemptId, type BootId, uuidFromBytes } from './ids.ts';

/** What a guest says to its supervisor (`pinata-image/channel.cddl`). Hashes, keys and signatures are hex. */
export type GuestMessage =
  | { type: 'hello'; image: string }
  | { type: 'ready'; ready: GuestReady }
  | { type: 'event'; id: AttemptId | null; event: GuestEvent }
  | { type: 'proof'; root: string; message: string; signature: string; key: string }
  | { type: 'lost'; count: number }
  | { type: 'fault'; reason: string; location: string };

/** Certificates are base64 of DER. */
export interface GuestReady {
  bootId: BootId;
  authority: 'born' | 'given';
  ca: string;
  server: string;
  client: string;
  us: number;
}

export type KeyRole = 'vault' | 'heap';

export const CHANNEL_VERSION = 1;
const CERTIFICATE_MAX_BYTES = 4096;

/** The profile's CBOR and no more: definite lengths, shortest form, no tags, floats, bignums, undefined or repeated keys. */
const STRICT = {
  preferMap: true,
  requirePreferred: true,
  rejectStreaming: true,
  rejectDuplicateKeys: true,
  rejectFloats: true,
  rejectBigInts: true,
  rejectSimple: true,
  rejectUndefined: true,
  ignoreGlobalTags: true,
  maxDepth: 6,
} as const;

/**
 * Reads one frame from a guest. The guest counts as hostile: whatever is not exactly a message of the schema is a
 * ChannelError, and nothing else is ever thrown.
 */
export function decodeGuestFrame(frame: Uint8Array): { seq: number; message: GuestMessage } {
  const parts = decodeStrictly(frame);
  if (!Array.isArray(parts) || parts.length !== 3) throw new ChannelError('a frame is not [seq, type, body]');
  const [seq, type, body] = parts as readonly unknown[];
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0) throw new ChannelError('seq is not a count');
  return { seq, message: readMessage(type, body) };
}

function decodeStrictly(frame: Uint8Array): unknown {
  try {
    return decode<unknown>(frame, STRICT);
  } catch (error) {
    throw new ChannelError('a frame is not CBOR of the profile', { cause: error });
  }
}

function readMessage(type: unknown, body: unknown): GuestMessage {
  switch (type) {
    case 'hello':
      return readHello(new Fields(body, 'hello'));
    case 'ready':
      return { type, ready: readReady(new Fields(body, 'ready')) };
    case 'event':
      return readAttemptEvent(new Fields(body, 'event'));
    case 'proof':
      return readProof(new Fields(body, 'proof'));
    case 'lost':
      return readLost(new Fields(body, 'lost'));
    case 'fault':
      return readFault(new Fields(body, 'fault'));
    default:
      throw new ChannelError('a frame of unknown type');
  }
}

function readHello(fields: Fields): GuestMessage {
  const version = fields.uint('version');
  if (version !== CHANNEL_VERSION) throw new ChannelError(`hello.version is ${version}, not ${CHANNEL_VERSION}`);
  const image = fields.text('image');
  fields.end();
  return { type: 'hello', image };
}

function readReady(fields: Fields): GuestReady {
  const ready = {
    bootId: uuidFromBytes(fields.bytes('boot', 16)),
    authority: fields.oneOf('authority', ['born', 'given']),
    ca: fields.base64('ca', CERTIFICATE_MAX_BYTES),
    server: fields.base64('server', CERTIFICATE_MAX_BYTES),
    client: fields.base64('client', CERTIFICATE_MAX_BYTES),
    us: fields.uint('us'),
  };
  fields.end();
  return ready;
}

function readAttemptEvent(fields: Fields): GuestMessage {
  const id = fields.has('id') ? uuidFromBytes(fields.bytes('id', 16)) : null;
  return { type: 'event', id, event: readEvent(fields) };
}

function readProof(fields: Fields): GuestMessage {
  const proof = {
    root: fields.hex('root', 32),
    message: fields.hex('message', 32),
    signature: fields.hex('signature', 64),
    key: fields.hex('key', 32),
  };
  fields.end();
  return { type: 'proof', ...proof };
}

function readLost(fields: Fields): GuestMessage {
  const count = fields.uint('count');
  fields.end();
  return { type: 'lost', count };
}

function readFault(fields: Fields): GuestMessage {
  const fault = { reason: fields.text('reason'), location: fields.text('location') };
  fields.end();
  return { type: 'fault', ...fault };
}
