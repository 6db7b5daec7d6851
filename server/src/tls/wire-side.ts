import type { Direction } from '../wire/facts.ts';
import type { Micros } from '../wire/ids.ts';
import type { Findings } from './findings.ts';
import { FIRST_BYTES, type FirstBytes, judgeFirstBytes } from './first-bytes.ts';
import { type HandshakeMessage, HandshakeReader, type HandshakeSink } from './handshake-reader.ts';
import { type HelloState, HelloWatch } from './hello-watch.ts';
import type { HelloSeen, RecordSeen, Ssl2Hello } from './observation.ts';
import { parseCertificates, signatureAlgorithmOf } from './older-messages.ts';
import {
  CIPHERTEXT_MAX_BYTES,
  ContentType,
  HandshakeType,
  isContentType,
  PLAINTEXT_MAX_BYTES,
  Version,
} from './protocol.ts';
import { RECORD_HEADER_BYTES, type RecordHeader, RecordReader, type RecordSink } from './record-reader.ts';
import { RecordStart } from './record-start.ts';
import { Ssl2Reader } from './ssl2-reader.ts';

const RECORDS_MAX = 256;
const MESSAGES_PER_RECORD_MAX = 16;
const DECLARED_MAX_BYTES = 65_535;
const NOTHING: RecordHeader = { type: 0, version: 0, length: 0, offset: 0, t: 0 };

/** One direction of a connection: judges its first bytes, then follows records and the messages in them. */
export class WireSide implements RecordSink, HandshakeSink {
  readonly #dir: Direction;
  readonly #findings: Findings;
  readonly #fromClient: boolean;
  readonly #reader = new RecordReader(this);
  readonly #handshake = new HandshakeReader(this);
  readonly #hello: HelloWatch;
  readonly #first = new Uint8Array(FIRST_BYTES);
  #firstFill = 0;
  #firstTime: Micros = 0;
  #judged: FirstBytes = { kind: 'empty' };
  #ssl2: Ssl2Reader | null = null;
  #record: RecordHeader = NOTHING;
  #described: RecordSeen | null = null;
  readonly #start = new RecordStart();
  /** Where the next byte of the record's body lies in this direction. */
  #bodyAt = 0;
  /** No byte of the record in hand was withheld. */
  #whole = true;
  /** The record in hand is under keys that a watcher has not got. */
  #protected = false;
  #messages = 0;
  #helloRecord = -1;
  #cipherChanged = false;
  records = 0;
  encrypted = 0;
  changeCipherSpecs = 0;

  constructor(dir: Direction, findings: Findings) {
    this.#dir = dir;
    this.#findings = findings;
    this.#fromClient = findings.fromClient(dir);
    this.#hello = new HelloWatch(dir, findings);
  }

  push(bytes: Uint8Array, t: Micros): void {
    this.#follow(this.#unjudged ? this.#judge(bytes, t) : bytes, t);
  }

  /** Bytes that were seen and not kept. Without its first bytes, a direction cannot be followed at all. */
  skip(length: number): void {
    if (length > 0 && this.#unjudged) this.#reader.abandon();
    this.#reader.skip(length);
  }

  /** Null before the first byte. */
  get looksLikeTls(): boolean | null {
    return this.#judged.kind === 'empty' ? null : this.#judged.kind !== 'foreign';
  }

  get helloState(): HelloState {
    if (this.#ssl2 !== null) return this.#ssl2.state;
    const begun = this.#judged.kind === 'undecided' || (this.records === 0 && this.#reader.inRecord);
    return this.#hello.state === 'none' && begun ? 'partial' : this.#hello.state;
  }

  get helloSeen(): HelloSeen | null {
    return this.#ssl2 === null ? this.#hello.seen : this.#ssl2.seen;
  }

  get ssl2Hello(): Ssl2Hello | null {
    return this.#ssl2?.hello ?? null;
  }

  get #unjudged(): boolean {
    return this.#judged.kind === 'empty' || this.#judged.kind === 'undecided';
  }

  /** Gathers first bytes until they say enough; returns those of `bytes` that nobody has taken yet. */
  #judge(bytes: Uint8Array, t: Micros): Uint8Array {
    if (this.#firstFill === 0) this.#firstTime = t;
    let at = 0;
    while (at < bytes.length && this.#firstFill < FIRST_BYTES) {
      this.#first[this.#firstFill++] = bytes[at++] ?? 0;
      this.#judged = judgeFirstBytes(this.#first.subarray(0, this.#firstFill));
      if (this.#judged.kind !== 'undecided') break;
    }
    if (this.#judged.kind === 'ssl2') {
      const compatible = this.#judged.version !== Version.ssl2;
      this.#findings.anomaly(compatible ? 'sslv2_compatible_hello' : 'sslv2_hello', this.#dir, 0);
      this.#ssl2 = new Ssl2Reader(this.#judged.messageBytes);
    }
    if (this.#judged.kind === 'foreign') this.#reader.abandon();
    if (this.#judged.kind !== 'undecided') this.#follow(this.#first.slice(0, this.#firstFill), this.#firstTime);
    return bytes.subarray(at);
  }

  #follow(bytes: Uint8Array, t: Micros): void {
    if (this.#ssl2 !== null) this.#followSsl2(this.#ssl2, bytes, t);
    else if (this.#judged.kind === 'tls') this.#reader.push(bytes, t);
  }

  /** RFC 5246 §E.2: behind a hello that only has the form of SSL 2.0, all is in records of TLS. */
  #followSsl2(ssl2: Ssl2Reader, bytes: Uint8Array, t: Micros): void {
    const taken = ssl2.push(bytes);
    if (taken === bytes.length && ssl2.state !== 'complete') return;
    if ((ssl2.hello?.version ?? Version.ssl2) < Version.ssl3) return;
    if (this.#hello.state !== 'complete') {
      this.#hello.state = 'complete';
      this.#messages = 1;
      this.#reader.skip(ssl2.seen?.bytes ?? 0);
    }
    this.#reader.push(bytes.subarray(taken), t);
  }

  begin(header: RecordHeader): void {
    this.#record = header;
    this.#start.reset();
    this.#bodyAt = header.offset + RECORD_HEADER_BYTES;
    this.#whole = true;
    this.#protected = this.#isProtected(header.type);
    this.records++;
    this.#describe(header);
    this.#inspect(header);
    if (header.type !== ContentType.handshake && this.#handshake.inMessage) this.#anomaly('interleaved_record');
    if (header.type === ContentType.handshake && !this.#protected) this.#beginHandshake();
    if (this.#protected) this.encrypted++;
  }

  body(bytes: Uint8Array): void {
    if (this.#protected) return;
    if (this.#record.type === ContentType.handshake) this.#handshake.push(bytes, this.#bodyAt);
    else this.#start.push(bytes);
    this.#bodyAt += bytes.length;
  }

  gap(): void {
    if (this.#record.type === ContentType.handshake && !this.#protected) this.#handshake.breakOff();
    this.#whole = false;
  }

  end(): void {
    if (this.#protected || !this.#whole) return;
    const { history } = this.#findings;
    if (this.#record.type === ContentType.alert) this.#endAlert();
    else if (this.#record.type === ContentType.changeCipherSpec) this.#endChangeCipherSpec();
    else if (this.#record.type === ContentType.applicationData) history.other('applicationData', this.#fromClient);
    else if (this.#record.type === ContentType.heartbeat) this.#endHeartbeat();
    else if (this.#record.type !== ContentType.handshake) history.other('unknownContentType', this.#fromClient);
  }

  messageBegan(type: number, length: number): void {
    if (this.#described !== null && this.#described.messages.length < MESSAGES_PER_RECORD_MAX) {
      this.#described.messages.push(type);
    }
    const first = this.#messages++ === 0;
    if (length > DECLARED_MAX_BYTES) {
      this.#anomaly('handshake_length_bomb');
      this.#hello.fail('malformed');
    }
    if (first && type !== this.#hello.expected) {
      const swapped = type === HandshakeType.clientHello || type === HandshakeType.serverHello;
      this.#anomaly(swapped ? 'role_confusion' : 'wrong_first_message');
      this.#hello.fail('none');
    }
    if (this.#helloRecord === this.#record.offset) this.#anomaly('trailing_after_hello');
  }

  messageEnded(type: number, message: HandshakeMessage | null): void {
    let retry = false;
    if (message !== null && type === this.#hello.expected) {
      retry = this.#hello.take(message, this.#record.version, this.#record.offset);
      if (this.#fromClient) this.#helloRecord = this.#record.offset;
    } else if (message !== null) {
      this.#takeOlder(message);
    }
    if (retry) this.#findings.history.other('helloRetryRequest', this.#fromClient);
    else this.#findings.history.message(type, this.#fromClient);
  }

  #isProtected(type: number): boolean {
    const agreed = this.#findings.serverHello !== null && this.#findings.clientHello !== null;
    return this.#cipherChanged || (type === ContentType.applicationData && agreed);
  }

  #beginHandshake(): void {
    this.#handshake.recordBegan();
    if (this.#hello.state === 'none' && this.#messages === 0) this.#hello.state = 'partial';
    const late = this.#findings.agreed13 && this.#hello.state === 'complete' && !this.#handshake.inMessage;
    if (late) this.#anomaly('plaintext_after_keys');
  }

  /** What only versions before TLS 1.3 send in the clear. */
  #takeOlder({ type, bytes }: HandshakeMessage): void {
    const place = { dir: this.#dir, offset: this.#record.offset };
    if (type === HandshakeType.certificate) {
      const certificates = parseCertificates(bytes);
      if (certificates) this.#findings.certificate({ ...place, ...certificates });
    } else if (type === HandshakeType.serverKeyExchange || type === HandshakeType.certificateVerify) {
      const algorithm = signatureAlgorithmOf(type, bytes, this.#findings.serverHello);
      if (algorithm !== null) this.#findings.signature({ ...place, message: type, algorithm });
    }
  }

  /** RFC 8446 §6: level(1) description(1), one to a record. */
  #endAlert(): void {
    if (this.#record.length !== 2) this.#anomaly('malformed_alert');
    else this.#findings.alert(this.#dir, this.#start.at(0) ?? 0, this.#start.at(1) ?? 0, this.#record);
  }

  /** RFC 6520 §4: type(1) payload_length(2) payload padding. */
  #endHeartbeat(): void {
    const [type, high, low] = [0, 1, 2].map(index => this.#start.at(index));
    const declared = high === undefined || low === undefined ? null : (high << 8) | low;
    const { offset, length } = this.#record;
    this.#findings.heartbeat({ dir: this.#dir, offset, type: type ?? 0, declared, length });
    this.#findings.history.other('heartbeat', this.#fromClient);
  }

  /** RFC 8446 §5: one byte, 1, which changes nothing in TLS 1.3. */
  #endChangeCipherSpec(): void {
    if (this.#record.length !== 1 || this.#start.at(0) !== 1) this.#anomaly('ccs_malformed');
    if (this.#hello.state !== 'complete') this.#anomaly('ccs_before_hello');
    this.#findings.history.other('changeCipherSpec', this.#fromClient);
    if (this.#findings.agreedOlder) this.#cipherChanged = true;
  }

  #describe({ type, version, length, offset, t }: RecordHeader): void {
    const seen = { dir: this.#dir, type, version, length, offset, t, messages: [] };
    this.#described = this.records > RECORDS_MAX ? null : seen;
    if (this.#described !== null) this.#findings.records.push(this.#described);
  }

  #inspect({ type, version, length }: RecordHeader): void {
    if (!isContentType(type)) this.#anomaly('record_type');
    if (version < Version.ssl3 || version > Version.tls13) this.#anomaly('record_version');
    const max =
      type === ContentType.applicationData || this.#cipherChanged ? CIPHERTEXT_MAX_BYTES : PLAINTEXT_MAX_BYTES;
    if (length > max) this.#anomaly('record_oversize');
    if (length === 0) this.#anomaly('empty_record');
    if (type === ContentType.heartbeat) this.#anomaly('heartbeat');
    if (type === ContentType.changeCipherSpec) this.changeCipherSpecs++;
    if (type === ContentType.applicationData && this.#findings.serverHello === null) this.#earlyData();
  }

  #earlyData(): void {
    const offered = this.#fromClient && this.#findings.clientHello?.hello.earlyData === true;
    if (!offered) this.#anomaly('early_application_data');
  }

  #anomaly(kind: string): void {
    this.#findings.anomaly(kind, this.#dir, this.#record.offset);
  }
}
