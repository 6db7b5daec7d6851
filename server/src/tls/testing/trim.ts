import { RECORD_HEADER_BYTES } from '../record-reader.ts';
import type { Segment } from './pcap.ts';

const APPLICATION_DATA = 23;
const CHANGE_CIPHER_SPEC = 20;
/** Of what is encrypted, one short record is enough. */
const SEALED_MAX_BYTES = 160;
const PLAIN_MAX_BYTES = 9216;

/** Leaves out what is encrypted, after one record of it: nobody compares its bytes, and recordings stay small. */
export function trimmed(segments: readonly Segment[]): Segment[] {
  const room = { in: roomOf(segments, 'in'), out: roomOf(segments, 'out') };
  return segments.flatMap(segment => {
    const bytes = segment.bytes.subarray(0, room[segment.dir]);
    room[segment.dir] -= bytes.length;
    return bytes.length > 0 ? [{ ...segment, bytes }] : [];
  });
}

/** How many bytes of a direction are kept. */
function roomOf(segments: readonly Segment[], dir: Segment['dir']): number {
  const all = Buffer.concat(segments.filter(segment => segment.dir === dir).map(({ bytes }) => bytes));
  let at = 0;
  let sealed = false;
  while (all.length - at >= RECORD_HEADER_BYTES) {
    const type = all.readUInt8(at);
    if (type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA + 1 || all.readUInt8(at + 1) !== 3) break;
    const end = at + RECORD_HEADER_BYTES + all.readUInt16BE(at + 3);
    const isSealed = type === APPLICATION_DATA || (sealed && type !== CHANGE_CIPHER_SPEC);
    if (isSealed) return Math.min(end, at + SEALED_MAX_BYTES);
    if (end > PLAIN_MAX_BYTES) return PLAIN_MAX_BYTES;
    sealed ||= type === CHANGE_CIPHER_SPEC && dir === 'in';
    at = end;
  }
  return Math.min(all.length, PLAIN_MAX_BYTES);
}
