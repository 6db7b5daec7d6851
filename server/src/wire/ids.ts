import { randomUUID } from 'node:crypto';

/** An attempt's name: a UUIDv7 (RFC 9562 §5.7), lower case, whose time is cut to the whole second. */
export type AttemptId = string;
/** A boot's name: a UUIDv7, lower case. */
export type BootId = string;
/** Microseconds since the Unix epoch, as a safe integer. */
export type Micros = number;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Makes a UUIDv7. `unixMs` is stored as given: attempts pass whole seconds, so that a public id is no timing oracle. */
export function newUuidV7(unixMs: number): string {
  const time = Math.floor(unixMs).toString(16).padStart(12, '0');
  // The random bits of version 4 stand in the same places (RFC 9562 §5.4), and Node draws those of many at once.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** Names an attempt that was accepted at `now`. */
export function newAttemptId(now: Micros): AttemptId {
  return newUuidV7(Math.floor(now / 1e6) * 1000);
}

/** The 16 bytes of a UUID. Throws RangeError on anything that is not a UUIDv7 in lower case. */
export function uuidToBytes(id: string): Uint8Array {
  if (!isUuidV7(id)) throw new RangeError(`not a UUIDv7: ${id.slice(0, 64)}`);
  // No Buffer: the channel's codec would write one as the map that its toJSON gives.
  return new Uint8Array(Buffer.from(id.replaceAll('-', ''), 'hex'));
}

/** The text form of 16 bytes. */
export function uuidFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new RangeError(`a UUID has 16 bytes, not ${bytes.length}`);
  const hex = Buffer.from(bytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** True for the lower-case text form of a UUIDv7. */
export function isUuidV7(text: string): boolean {
  return UUID.test(text);
}

/** The time inside a UUIDv7, in milliseconds since the epoch. */
export function uuidMillis(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The wall clock in microseconds. */
export function nowMicros(): Micros {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** An instant as RFC 3339, UTC, with milliseconds. What is public has whole seconds instead (`api/time.ts`). */
export function instantOf(us: Micros): string {
  return new Date(us / 1000).toISOString();
}
