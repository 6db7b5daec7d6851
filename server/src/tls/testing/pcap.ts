import type { Direction } from '../../wire/facts.ts';

export interface Segment {
  /** `in`: from the client, who connected. */
  dir: Direction;
  bytes: Uint8Array;
  /** Since the connection was accepted; left out where nobody asks. */
  ms?: number;
}

const LINKTYPE_IPV4 = 228;
const SEGMENT_MAX_BYTES = 1400;
export const SERVER_PORT = 443;

/** Writes a classic capture file in which each list of segments is one TCP connection, in order, from `tcp.stream` 0. */
export function pcapOf(connections: readonly (readonly Segment[])[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(0xffff, 16);
  header.writeUInt32LE(LINKTYPE_IPV4, 20);
  return Buffer.concat([
    header,
    ...connections.flatMap((segments, index) => connectionPackets(segments, 20_000 + index)),
  ]);
}

function connectionPackets(segments: readonly Segment[], clientPort: number): Buffer[] {
  const next = { in: 1, out: 1 };
  const packets = [
    packet('in', clientPort, 0, 0, 0x02, Buffer.alloc(0)),
    packet('out', clientPort, 0, 1, 0x12, Buffer.alloc(0)),
  ];
  for (const { dir, bytes } of segments) {
    for (let at = 0; at < bytes.length; at += SEGMENT_MAX_BYTES) {
      const piece = bytes.subarray(at, at + SEGMENT_MAX_BYTES);
      packets.push(packet(dir, clientPort, next[dir], next[dir === 'in' ? 'out' : 'in'], 0x18, piece));
      next[dir] += piece.length;
    }
  }
  return packets;
}

function packet(
  dir: Direction,
  clientPort: number,
  seq: number,
  ack: number,
  flags: number,
  payload: Uint8Array,
): Buffer {
  const bytes = Buffer.alloc(16 + 40);
  const length = 40 + payload.length;
  bytes.writeUInt32LE(length, 8);
  bytes.writeUInt32LE(length, 12);
  const ip = bytes.subarray(16);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(length, 2);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(6, 9);
  ip.writeUInt32BE(dir === 'in' ? 0xc0000201 : 0xc0000202, 12);
  ip.writeUInt32BE(dir === 'in' ? 0xc0000202 : 0xc0000201, 16);
  const tcp = ip.subarray(20);
  tcp.writeUInt16BE(dir === 'in' ? clientPort : SERVER_PORT, 0);
  tcp.writeUInt16BE(dir === 'in' ? SERVER_PORT : clientPort, 2);
  tcp.writeUInt32BE(seq, 4);
  tcp.writeUInt32BE(ack, 8);
  tcp.writeUInt8(0x50, 12);
  tcp.writeUInt8(flags, 13);
  tcp.writeUInt16BE(0xffff, 14);
  return Buffer.concat([bytes, payload]);
}
