import { createHash, randomBytes } from 'node:crypto';
import { canonicalJson, type JsonValue } from './canonical-json.ts';

const SALT_BYTES = 32;

/** One salt for each commitment of an attempt, hex. Kept apart from the record; an erasure destroys them. */
export interface Salts {
  /** Null once the address is gone: with the salt, the few addresses there are could be tried against the commitment. */
  source: string | null;
  research: string;
  transcript: string;
}

/** Draws the salts of one attempt. */
export function newSalts(random: (bytes: number) => Uint8Array = randomBytes): Salts & { source: string } {
  const salt = () => Buffer.from(random(SALT_BYTES)).toString('hex');
  return { source: salt(), research: salt(), transcript: salt() };
}

/** Commits to a JSON value: SHA-256 of the 32 bytes of salt and the value's canonical form (RFC 8785). Hex. */
export function commitToJson(salt: string, value: JsonValue): string {
  return commitToBytes(salt, Buffer.from(canonicalJson(value)));
}

/** Commits to bytes: SHA-256 of the 32 bytes of salt and the bytes. Hex. */
export function commitToBytes(salt: string, bytes: Uint8Array): string {
  return createHash('sha256').update(Buffer.from(salt, 'hex')).update(bytes).digest('hex');
}
