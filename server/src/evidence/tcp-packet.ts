import { internetChecksum } from './checksum.ts';

/** One end of a connection. The address has 4 or 16 bytes; both ends have the same. */
export interface Endpoint {
  address: Uint8Array;
  port: number;
}

export const TCP_FLAGS = { FIN: 0x01, SYN: 0x02, RST: 0x04, PSH: 0x08, ACK: 0x10 } as const;

export interface TcpSegment {
  from: Endpoint;
  to: Endpoint;
  /** Both modulo 2^32. */
  seq: number;
  ack: number;
  flags: number;
  window: number;
  /** A multiple of 4 bytes. */
  options: Uint8Array;
  payload: Uint8Array;
}

const PROTOCOL_TCP = 6;
const HOP_LIMIT = 64;
const IPV4_ADDRESS_BYTES = 4;
const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const TCP_HEADER_BYTES = 20;
const DONT_FRAGMENT = 0x4000;

/** A TCP segment in an IP packet, without a link layer, checksums filled in. */
export function tcpPacket(segment: TcpSegment): Uint8Array {
  const tcp = tcpHeader(segment);
  const { from, to, payload } = segment;
  const length = tcp.length + payload.length;
  tcp.writeUInt16BE(internetChecksum(pseudoHeader(from, to, length), tcp, payload), 16);
  const ip = from.address.length === IPV4_ADDRESS_BYTES ? ipv4Header(from, to, length) : ipv6Header(from, to, length);
  return Buffer.concat([ip, tcp, payload]);
}

/** RFC 9293 §3.1. */
function tcpHeader({ from, to, seq, ack, flags, window, options }: TcpSegment): Buffer {
  const header = Buffer.alloc(TCP_HEADER_BYTES);
  header.writeUInt16BE(from.port, 0);
  header.writeUInt16BE(to.port, 2);
  header.writeUInt32BE(seq, 4);
  header.writeUInt32BE(ack, 8);
  header.writeUInt8(((TCP_HEADER_BYTES + options.length) / 4) << 4, 12);
  header.writeUInt8(flags, 13);
  header.writeUInt16BE(window, 14);
  return Buffer.concat([header, options]);
}

/** What TCP's checksum covers of the packet around it: RFC 9293 §3.1 for IPv4, RFC 8200 §8.1 for IPv6. */
function pseudoHeader(from: Endpoint, to: Endpoint, length: number): Buffer {
  const tail = Buffer.alloc(from.address.length === IPV4_ADDRESS_BYTES ? 4 : 8);
  if (tail.length === 4) {
    tail.writeUInt8(PROTOCOL_TCP, 1);
    tail.writeUInt16BE(length, 2);
  } else {
    tail.writeUInt32BE(length, 0);
    tail.writeUInt8(PROTOCOL_TCP, 7);
  }
  return Buffer.concat([from.address, to.address, tail]);
}

/** RFC 791 §3.1. */
function ipv4Header(from: Endpoint, to: Endpoint, payloadLength: number): Buffer {
  const header = Buffer.alloc(IPV4_HEADER_BYTES);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(IPV4_HEADER_BYTES + payloadLength, 2);
  header.writeUInt16BE(DONT_FRAGMENT, 6);
  header.writeUInt8(HOP_LIMIT, 8);
  header.writeUInt8(PROTOCOL_TCP, 9);
  header.set(from.address, 12);
  header.set(to.address, 16);
  header.writeUInt16BE(internetChecksum(header), 10);
  return header;
}

/** RFC 8200 §3. */
function ipv6Header(from: Endpoint, to: Endpoint, payloadLength: number): Buffer {
  const header = Buffer.alloc(IPV6_HEADER_BYTES);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(payloadLength, 4);
  header.writeUInt8(PROTOCOL_TCP, 6);
  header.writeUInt8(HOP_LIMIT, 7);
  header.set(from.address, 8);
  header.set(to.address, 24);
  return header;
}
