/**
 * What of a prize target's traffic may be kept.
 *
 * The release travels as TLS 1.3 ciphertext. An archive of it is a prize for whoever breaks the key exchange in a later decade, so
 * it is kept as length and hash only. The gateway holds no keys; what it can see is records (RFC 8446 §5.1):
 *
 *   guest as server   ServerHello · [CCS] · {EncryptedExtensions … Finished} · {release} {close_notify}
 *   guest as client   ClientHello · [CCS] · {Certificate … Finished} · {release} {close_notify}
 *
 * The guest sends its whole encrypted flight as one application_data record: that one is kept, and no body after it. Record headers are
 * kept, because lengths say what happened (an encrypted alert has 19 bytes) and cannot say what was inside.
 */
export interface Piece {
  bytes: Uint8Array;
  keep: boolean;
  /** The last piece of a stretch that is withheld. */
  ends: boolean;
}

const HEADER_BYTES = 5;
const APPLICATION_DATA = 23;
const FIRST_TYPE = 20;
const LAST_TYPE = 24;
const MAJOR_VERSION = 3;
/** RFC 8446 §5.2: 2^14 and 256 for encryption. */
const BODY_MAX_BYTES = (1 << 14) + 256;

export interface Redactor {
  push(bytes: Uint8Array): Piece[];
  /** The direction is over. */
  finish(): Piece[];
}

/** The guest's own bytes. What cannot be read as records is withheld: it could be anything. */
export class OutgoingRedactor implements Redactor {
  readonly #cutter = new RecordCutter();
  #flightSeen = false;
  #inFlight = false;

  push(bytes: Uint8Array): Piece[] {
    return this.#cutter.push(bytes).map(part => this.#judge(part));
  }

  finish(): Piece[] {
    return this.#cutter.finish().map(part => this.#judge(part));
  }

  #judge({ kind, bytes, type, ends }: RecordPart): Piece {
    if (kind === 'header') {
      this.#inFlight = type === APPLICATION_DATA && !this.#flightSeen;
      if (type === APPLICATION_DATA) this.#flightSeen = true;
      return { bytes, keep: true, ends: false };
    }
    if (kind === 'body') return { bytes, keep: !this.#flightSeen || this.#inFlight, ends };
    return { bytes, keep: kind === 'unfinished header', ends: false };
  }
}

/**
 * The attacker's bytes. They hold a release where somebody relays the guest's client role into its server role, the self-test among
 * them: the record that was withheld on one leg comes in on the other. It cannot be changed on its way without breaking it, so its hash
 * tells. A record that was not finished might be the beginning of one, and is withheld too.
 */
export class IncomingRedactor implements Redactor {
  readonly #cutter = new RecordCutter();
  readonly #isWithheld: (body: Uint8Array) => boolean;
  #body: Uint8Array[] = [];

  constructor(isWithheld: (body: Uint8Array) => boolean) {
    this.#isWithheld = isWithheld;
  }

  push(bytes: Uint8Array): Piece[] {
    return this.#cutter.push(bytes).flatMap(part => this.#judge(part));
  }

  finish(): Piece[] {
    const rest = this.#cutter.finish().flatMap(part => this.#judge(part));
    return this.#body.length > 0 ? [...rest, { bytes: this.#take(), keep: false, ends: true }] : rest;
  }

  #judge({ kind, bytes, type, ends }: RecordPart): Piece[] {
    if (kind !== 'body' || type !== APPLICATION_DATA) return [{ bytes, keep: true, ends: false }];
    // Copied: the caller may use its buffer again before the record is whole.
    this.#body.push(Uint8Array.from(bytes));
    if (!ends) return [];
    const body = this.#take();
    return [{ bytes: body, keep: !this.#isWithheld(body), ends: true }];
  }

  #take(): Uint8Array {
    const body = Buffer.concat(this.#body);
    this.#body = [];
    return body;
  }
}

interface RecordPart {
  /** `broken`: from here on these are no records. */
  kind: 'header' | 'body' | 'unfinished header' | 'broken';
  bytes: Uint8Array;
  type: number;
  /** The body ends with these bytes. */
  ends: boolean;
}

/** Cuts a stream into record headers, which come whole, and bodies, which come as they are split. */
class RecordCutter {
  #header: number[] = [];
  #type = 0;
  #left = 0;
  #broken = false;

  push(bytes: Uint8Array): RecordPart[] {
    const parts: RecordPart[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#broken) {
        parts.push(this.#part('broken', bytes.subarray(at)));
        break;
      }
      if (this.#left > 0) {
        const body = bytes.subarray(at, at + this.#left);
        at += body.length;
        this.#left -= body.length;
        parts.push(this.#part('body', body, this.#left === 0));
        continue;
      }
      this.#header.push(bytes[at] ?? 0);
      at += 1;
      if (this.#header.length === HEADER_BYTES) parts.push(this.#readHeader());
    }
    return parts;
  }

  finish(): RecordPart[] {
    const held = Uint8Array.from(this.#header);
    this.#header = [];
    return held.length > 0 ? [this.#part('unfinished header', held)] : [];
  }

  #readHeader(): RecordPart {
    const bytes = Uint8Array.from(this.#header);
    const [type = 0, major = 0, , high = 0, low = 0] = this.#header;
    this.#header = [];
    this.#type = type;
    this.#left = (high << 8) | low;
    const isRecord = type >= FIRST_TYPE && type <= LAST_TYPE && major === MAJOR_VERSION && this.#left <= BODY_MAX_BYTES;
    this.#broken = !isRecord;
    return this.#part(isRecord ? 'header' : 'broken', bytes);
  }

  #part(kind: RecordPart['kind'], bytes: Uint8Array, ends = false): RecordPart {
    return { kind, bytes, type: this.#type, ends };
  }
}
