import { hash } from 'node:crypto';
import type { Direction } from '../wire/facts.ts';
import { parseClientHello } from './client-hello.ts';
import type { Findings } from './findings.ts';
import type { HandshakeMessage } from './handshake-reader.ts';
import type { HelloSeen } from './observation.ts';
import { HandshakeType } from './protocol.ts';
import { parseServerHello } from './server-hello.ts';

export type HelloState = 'none' | 'partial' | 'malformed' | 'complete';

/** What is known of the hello of one direction: a ClientHello from the client, a ServerHello from the server. */
export class HelloWatch {
  readonly #dir: Direction;
  readonly #findings: Findings;
  readonly #expected: number;
  state: HelloState = 'none';
  seen: HelloSeen | null = null;

  constructor(dir: Direction, findings: Findings) {
    this.#dir = dir;
    this.#findings = findings;
    this.#expected = findings.fromClient(dir) ? HandshakeType.clientHello : HandshakeType.serverHello;
  }

  /** The type of hello that this direction owes. */
  get expected(): number {
    return this.#expected;
  }

  /** A message that is not the expected one came first, or the hello cannot be read. */
  fail(state: 'none' | 'malformed'): void {
    if (this.state !== 'complete') this.state = state;
  }

  /** A hello came whole. Returns true for a HelloRetryRequest. */
  take(message: HandshakeMessage, recordVersion: number, offset: number): boolean {
    const read = this.#expected === HandshakeType.clientHello ? this.#takeClient : this.#takeServer;
    return read.call(this, message, recordVersion, offset);
  }

  #takeClient(message: HandshakeMessage, recordVersion: number, offset: number): boolean {
    const { clientHello, helloRetryRequest } = this.#findings;
    const parsed = parseClientHello(message.bytes, recordVersion);
    if (clientHello !== null) {
      if (helloRetryRequest && this.#findings.secondHello === null) this.#findings.secondHello = parsed?.hello ?? null;
      if (!helloRetryRequest) this.#findings.anomaly('duplicate_hello', this.#dir, offset);
      return false;
    }
    this.#settle(message, parsed !== null, offset);
    if (parsed === null) return false;
    this.#findings.clientHello = parsed;
    const { malformedExtensions, duplicateExtensions } = parsed.hello;
    for (const type of malformedExtensions) this.#findings.anomaly('malformed_extension', this.#dir, offset, type);
    for (const type of duplicateExtensions) this.#findings.anomaly('duplicate_extension', this.#dir, offset, type);
    return false;
  }

  #takeServer(message: HandshakeMessage, _recordVersion: number, offset: number): boolean {
    if (this.#findings.serverHello !== null) {
      this.#findings.anomaly('duplicate_hello', this.#dir, offset);
      return false;
    }
    const parsed = parseServerHello(message.bytes);
    this.#settle(message, parsed !== null, offset);
    if (parsed === null) return false;
    if (parsed.retry) this.#findings.helloRetryRequest = true;
    else this.#findings.serverHello = parsed.hello;
    return parsed.retry;
  }

  #settle(message: HandshakeMessage, good: boolean, offset: number): void {
    this.state = good ? 'complete' : 'malformed';
    const sha256 = hash('sha256', message.bytes);
    this.seen = { sha256, bytes: message.bytes.length, records: message.records, starts: message.starts };
    if (!good) this.#findings.anomaly('malformed_hello', this.#dir, offset);
    if (message.records > 1) this.#findings.anomaly('hello_fragmented', this.#dir, offset);
  }
}
