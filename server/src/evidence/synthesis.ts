import type { Channel, Closed, Dialled, Direction } from '../wire/facts.ts';
import type { Micros } from '../wire/ids.ts';
import { type Packet, TcpConnection } from './tcp-connection.ts';
import type { Endpoint } from './tcp-packet.ts';
import type { OpenedNameless, TranscriptLine } from './transcript.ts';

/** The ports that an attempt came in by, and the one that a callback dials. */
export type CapturePorts = Readonly<Record<Channel | 'initiator', number>>;

export interface CapturePlace {
  ipVersion: 4 | 6;
  ports: CapturePorts;
  /** Where several attempts are in one capture: a number that only this one has, so that its connections are its own. */
  caller?: number;
}

/** Reserved for documentation (RFC 5737, RFC 3849): where somebody came from is no part of the evidence. */
const ADDRESSES = {
  4: { attacker: Uint8Array.of(192, 0, 2, 1), pinata: Uint8Array.of(198, 51, 100, 1) },
  6: { attacker: documentationV6(1), pinata: documentationV6(2) },
} as const;
/** The first of the dynamic ports (RFC 6335 §6), in the place of the attacker's. */
const SOURCE_PORT = 49_152;

const SOURCE_PORTS = 65_536 - SOURCE_PORT;
/** Of the 256 addresses of a documentation network; its first and last are nobody's. */
const CALLER_ADDRESSES = 254;

/** The attacker's end, and the port that we call from: one of some millions, by the number of the caller. */
function callerOf(first: Uint8Array, caller: number): Endpoint {
  const address = Uint8Array.from(first);
  address[address.length - 1] = 1 + (Math.floor(caller / SOURCE_PORTS) % CALLER_ADDRESSES);
  return { address, port: SOURCE_PORT + (caller % SOURCE_PORTS) };
}

/** 2001:db8::n */
function documentationV6(n: number): Uint8Array {
  const address = new Uint8Array(16);
  address.set([0x20, 0x01, 0x0d, 0xb8]);
  address[15] = n;
  return address;
}

/**
 * Makes of a transcript the packets that would have carried its bytes, with the times of the gateway. Pure, and never throws on what
 * an attacker did: bytes that are missing become a gap, bytes that are told twice are taken once.
 */
export function synthesise(lines: readonly TranscriptLine[], place: CapturePlace): Packet[] {
  const open = lines.find(line => line.kind === 'open');
  if (!open) return [];
  const synthesis = new Synthesis(open, place);
  for (const line of lines) synthesis.take(line);
  return synthesis.packets;
}

class Synthesis {
  readonly #open: OpenedNameless;
  readonly #attacker: Endpoint;
  readonly #pinata: Endpoint;
  readonly #ports: CapturePorts;
  readonly #done: Packet[] = [];
  /** The connection that carries bytes. A callback's is the second, and may never come. */
  #connection: TcpConnection | null = null;
  readonly #next: Record<Direction, number> = { in: 0, out: 0 };
  #closed = false;

  constructor(open: OpenedNameless, { ipVersion, ports, caller = 0 }: CapturePlace) {
    const { attacker, pinata } = ADDRESSES[ipVersion];
    this.#open = open;
    this.#ports = ports;
    this.#attacker = callerOf(attacker, caller);
    this.#pinata = { address: pinata, port: ports[open.channel] };
    const first = new TcpConnection({ attacker: this.#attacker, pinata: this.#pinata, initiator: 'in' });
    first.open(open.t);
    if (open.channel === 'callback') {
      // The gateway ends it at once, and dials the initiator.
      first.finish('out', open.t);
      this.#done.push(...first.packets);
    } else {
      this.#connection = first;
    }
  }

  get packets(): Packet[] {
    return [...this.#done, ...(this.#connection?.packets ?? [])];
  }

  take(line: TranscriptLine): void {
    if (this.#closed) return;
    switch (line.kind) {
      case 'dial':
        if (line.to === 'initiator') this.#callBack(line);
        return;
      case 'data':
        this.#data(line.dir, line.at, Buffer.from(line.bytes, 'base64'), line.t);
        return;
      case 'withheld':
        this.#missing(
          line.dir,
          line.at + line.length,
          line.t,
          `${line.why}: ${line.length} bytes, SHA-256 ${line.sha256}`,
        );
        return;
      case 'close':
        this.#close(line);
        return;
      case 'open':
      case 'guest':
        return;
    }
  }

  #callBack({ ok, error, t }: Dialled): void {
    if (this.#open.channel !== 'callback' || this.#connection) return;
    const second = this.#secondConnection();
    if (ok) second.open(t);
    else second.call(t, `no connection: ${error ?? 'unknown'}`);
    if (ok) this.#connection = second;
    else this.#done.push(...second.packets);
  }

  #secondConnection(): TcpConnection {
    const attacker = { ...this.#attacker, port: this.#ports.initiator };
    return new TcpConnection({ attacker, pinata: { ...this.#pinata, port: this.#attacker.port }, initiator: 'out' });
  }

  #data(dir: Direction, at: number, bytes: Uint8Array, t: Micros): void {
    this.#missing(dir, at, t, 'not recorded');
    const known = this.#next[dir] - at;
    this.#carrier(t).send(dir, bytes.subarray(known), t);
    this.#next[dir] = Math.max(this.#next[dir], at + bytes.length);
  }

  /** Nothing is known of the bytes up to `end`. */
  #missing(dir: Direction, end: number, t: Micros, comment: string): void {
    const length = end - this.#next[dir];
    if (length <= 0) return;
    this.#carrier(t).skip(dir, length, t, comment);
    this.#next[dir] = end;
  }

  /** Bytes on a callback whose dial was lost still had a connection. */
  #carrier(t: Micros): TcpConnection {
    if (this.#connection) return this.#connection;
    const connection = this.#secondConnection();
    connection.open(t);
    this.#connection = connection;
    return connection;
  }

  /** As far as it is known: where the gateway ended it, nobody knows what the attacker would have done. */
  #close({ by, how, end, t }: Closed): void {
    this.#closed = true;
    const connection = this.#connection;
    if (!connection) return;
    const [first, second]: [Direction, Direction] = by === 'peer' ? ['in', 'out'] : ['out', 'in'];
    if (how === 'rst') {
      connection.reset(first, t);
      return;
    }
    connection.finish(first, t, by === 'gateway' ? `the gateway's end: ${how === 'timeout' ? how : end}` : null);
    if (by !== 'gateway') connection.finish(second, t);
  }
}
