import type { ZeekField, ZeekType } from './zeek-log.ts';

/** A column that is a public field as it is. */
export function same(name: string, type: ZeekType, from: string): ZeekField {
  return { name, type, from: [from] };
}

/** A column that Zeek has, and that the public record does not tell. */
export function unset(name: string, type: ZeekType): ZeekField {
  return { name, type, from: [] };
}

/** Where a column of each log starts: when, which connection, and its ends, of which no address is public. */
export const CONNECTION: readonly ZeekField[] = [
  same('ts', 'time', 'startedAt'),
  same('uid', 'string', 'id'),
  unset('id.orig_h', 'addr'),
  unset('id.orig_p', 'port'),
  unset('id.resp_h', 'addr'),
  unset('id.resp_p', 'port'),
];
