import type { Place } from './attack-class.ts';
import type { Look } from './look.ts';

/** Offsets inside a ClientHello message: header(4) legacy_version(2) random(32) session_id(1 + n) (RFC 8446 §4.1.2). */
const VERSION_AT = 4;
const RANDOM_AT = 6;
const SESSION_ID_AT = 38;

/** The whole hello message, up to where its first fragment ends. */
export function helloPlace(look: Look): Place | null {
  return placeIn(look, 0, look.seen.hello?.bytes ?? 0);
}

/** The field `legacy_version`. */
export function versionPlace(look: Look): Place | null {
  return placeIn(look, VERSION_AT, 2);
}

export function randomPlace(look: Look): Place | null {
  return placeIn(look, RANDOM_AT, 32);
}

/** Its length and its bytes. */
export function sessionIdPlace(look: Look): Place | null {
  return placeIn(look, SESSION_ID_AT, 1 + sessionIdLength(look));
}

/** One cipher suite, or the whole list with its length. */
export function ciphersPlace(look: Look, code?: number): Place | null {
  const { hello } = look;
  if (hello === null) return null;
  const at = SESSION_ID_AT + 1 + sessionIdLength(look);
  const index = code === undefined ? -1 : hello.ciphers.indexOf(code);
  return index < 0 ? placeIn(look, at, 2 + 2 * hello.ciphers.length) : placeIn(look, at + 2 + 2 * index, 2);
}

/** The list of compression methods with its length. */
export function compressionPlace(look: Look): Place | null {
  const { hello } = look;
  if (hello === null) return null;
  return placeIn(
    look,
    SESSION_ID_AT + 3 + sessionIdLength(look) + 2 * hello.ciphers.length,
    1 + hello.compression.length,
  );
}

/** An extension with its header: the first of that number, or a later one. */
export function extensionPlace(look: Look, type: number, nth: 'first' | 'last' = 'first'): Place | null {
  const { hello } = look;
  if (hello === null) return null;
  const index = nth === 'first' ? hello.extensions.indexOf(type) : hello.extensions.lastIndexOf(type);
  const [at, end] = [hello.extensionAt[index], hello.extensionAt[index + 1]];
  return at === undefined || end === undefined ? null : placeIn(look, at, end - at);
}

function sessionIdLength({ hello }: Look): number {
  return hello?.sessionIdLength ?? 0;
}

/** Bytes of the hello message as they lie in the attacker's direction; cut where a fragment ends. */
function placeIn({ seen }: Look, at: number, length: number): Place | null {
  const starts = seen.hello?.starts ?? [];
  const index = starts.findLastIndex(({ message }) => message <= at);
  const start = starts[index];
  if (start === undefined || length === 0) return null;
  const end = starts[index + 1]?.message ?? Number.POSITIVE_INFINITY;
  return { dir: 'in', offset: start.stream + at - start.message, length: Math.min(length, end - at) };
}
