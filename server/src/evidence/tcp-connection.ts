import type { Direction } from '../wire/facts.ts';
import type { Micros } from '../wire/ids.ts';
import { type Endpoint, TCP_FLAGS, tcpPacket } from './tcp-packet.ts';

/** One packet of a capture. */
export interface Packet {
  t: Micros;
  bytes: Uint8Array;
  comment: string | null;
}

export interface ConnectionEnds {
  attacker: Endpoint;
  pinata: Endpoint;
  /** Whose SYN comes first. */
  initiator: Direction;
}

const { SYN, ACK, PSH, FIN, RST } = TCP_FLAGS;
const NONE = new Uint8Array();
/** What an Ethernet link carries, less the headers of IP and TCP. */
const SEGMENT_BYTES = { 4: 1460, 16: 1440 } as const;
/** Not 0, because readers take 0 for "not seen yet". */
const FIRST_SEQUENCE = 1000;
const WINDOW = 0xffff;
/** RFC 7323 §2.2: the window counts in units of 2^7 bytes, so that no transcript fills it. */
const WINDOW_SCALE = 7;

/**
 * A TCP connection that never was, for bytes that were: nobody kept the packets, only what they carried. Opens, sends in segments of
 * an ordinary size that are acknowledged at once, and ends as it is told.
 */
export class TcpConnection {
  readonly packets: Packet[] = [];
  readonly #ends: Record<Direction, Endpoint>;
  readonly #initiator: Direction;
  readonly #segmentBytes: number;
  /** The next sequence number of each end, and what the other end has acknowledged. */
  readonly #next: Record<Direction, number> = { in: FIRST_SEQUENCE, out: FIRST_SEQUENCE };
  readonly #acked: Record<Direction, number> = { in: 0, out: 0 };

  constructor({ attacker, pinata, initiator }: ConnectionEnds) {
    this.#ends = { in: attacker, out: pinata };
    this.#initiator = initiator;
    this.#segmentBytes = attacker.address.length === 4 ? SEGMENT_BYTES[4] : SEGMENT_BYTES[16];
  }

  /** The first packet alone. With `comment` nobody answered it. */
  call(t: Micros, comment: string | null = null): void {
    const caller = this.#initiator;
    this.#emit(caller, t, { flags: SYN, options: this.#handshakeOptions(), comment });
    this.#advance(caller, 1);
  }

  /** The three packets that open it. */
  open(t: Micros): void {
    const answerer = other(this.#initiator);
    this.call(t);
    this.#acked[this.#initiator] = this.#next[this.#initiator];
    this.#emit(answerer, t, { flags: SYN | ACK, options: this.#handshakeOptions() });
    this.#advance(answerer, 1);
    this.#acknowledge(answerer, t);
  }

  send(dir: Direction, bytes: Uint8Array, t: Micros): void {
    for (let at = 0; at < bytes.length; at += this.#segmentBytes) {
      const payload = bytes.subarray(at, at + this.#segmentBytes);
      const isLast = at + payload.length === bytes.length;
      this.#emit(dir, t, { flags: isLast ? PSH | ACK : ACK, payload });
      this.#advance(dir, payload.length);
    }
    if (bytes.length > 0) this.#acknowledge(dir, t);
  }

  /** Bytes that are not in the capture: the other end acknowledges what nobody sees, and the next sequence number is behind them. */
  skip(dir: Direction, length: number, t: Micros, comment: string): void {
    this.#advance(dir, length);
    this.#acknowledge(dir, t, comment);
  }

  finish(dir: Direction, t: Micros, comment: string | null = null): void {
    this.#emit(dir, t, { flags: FIN | ACK, comment });
    this.#advance(dir, 1);
    this.#acknowledge(dir, t);
  }

  reset(dir: Direction, t: Micros): void {
    this.#emit(dir, t, { flags: RST | ACK });
  }

  /** The other end says that it has everything that `dir` has sent. */
  #acknowledge(dir: Direction, t: Micros, comment: string | null = null): void {
    this.#acked[dir] = this.#next[dir];
    this.#emit(other(dir), t, { flags: ACK, comment });
  }

  #advance(dir: Direction, bytes: number): void {
    this.#next[dir] = (this.#next[dir] + bytes) % 2 ** 32;
  }

  #emit(
    dir: Direction,
    t: Micros,
    packet: { flags: number; options?: Uint8Array; payload?: Uint8Array; comment?: string | null },
  ): void {
    const { flags, options = NONE, payload = NONE, comment = null } = packet;
    const bytes = tcpPacket({
      from: this.#ends[dir],
      to: this.#ends[other(dir)],
      seq: this.#next[dir],
      ack: flags & ACK ? this.#acked[other(dir)] : 0,
      flags,
      window: WINDOW,
      options,
      payload,
    });
    this.packets.push({ t, bytes, comment });
  }

  /** Maximum segment size (RFC 9293 §3.2), no operation, window scale (RFC 7323 §2.2). */
  #handshakeOptions(): Uint8Array {
    return Uint8Array.of(2, 4, this.#segmentBytes >> 8, this.#segmentBytes & 0xff, 1, 3, 3, WINDOW_SCALE);
  }
}

function other(dir: Direction): Direction {
  return dir === 'in' ? 'out' : 'in';
}
