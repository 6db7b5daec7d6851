import type { Direction, GuestRole } from '../wire/facts.ts';
import type { Micros } from '../wire/ids.ts';
import { Findings } from './findings.ts';
import { ja3, ja3s } from './ja3.ts';
import { ja4 } from './ja4.ts';
import type { TlsObservation } from './observation.ts';
import { WireSide } from './wire-side.ts';

const START_BYTES = 32;

/**
 * Watches one connection from copies of its bytes and says what a bystander can know of it.
 *
 * `in` is from the attacker, `out` from the guest, whichever of them is the TLS client. Any split of the same bytes gives the
 * same result. It never throws, holds at most 64 KiB of one unfinished hello per direction, and stops reading a direction that is
 * not TLS.
 */
export class TlsObserver {
  readonly #findings: Findings;
  readonly #in: WireSide;
  readonly #out: WireSide;
  readonly #start = new Uint8Array(START_BYTES);
  #startFill = 0;

  constructor(guestRole: GuestRole) {
    this.#findings = new Findings(guestRole);
    this.#in = new WireSide('in', this.#findings);
    this.#out = new WireSide('out', this.#findings);
  }

  /** The next bytes of a direction, seen at `t`. They are not kept. */
  push(dir: Direction, bytes: Uint8Array, t: Micros): void {
    if (dir === 'in' && this.#startFill < START_BYTES) this.#keepStart(bytes);
    this.#side(dir).push(bytes, t);
  }

  /** The next `length` bytes of a direction were seen, but are not to be had. */
  skip(dir: Direction, length: number, _t: Micros): void {
    this.#side(dir).skip(length);
  }

  /** What is known so far; more bytes may follow. JA3 and JA4 are the client's, JA3S the server's, whoever plays them. */
  result(): TlsObservation {
    const { clientHello, secondHello, serverHello, helloRetryRequest, history } = this.#findings;
    const { alerts, records, anomalies, heartbeats, certificates, signatures } = this.#findings;
    return {
      looksLikeTls: this.#in.looksLikeTls,
      firstBytes: Buffer.from(this.#start.subarray(0, this.#startFill)).toString('hex'),
      clientHello: clientHello?.hello ?? null,
      serverHello,
      helloState: this.#in.helloState,
      helloRetryRequest,
      alerts: [...alerts],
      records: [...records],
      recordsIn: this.#in.records,
      recordsOut: this.#out.records,
      history: history.toString(),
      anomalies: [...anomalies],
      encryptedIn: this.#in.encrypted,
      encryptedOut: this.#out.encrypted,
      hello: this.#in.helloSeen,
      secondHello,
      ssl2: this.#in.ssl2Hello,
      heartbeats: [...heartbeats],
      changeCipherSpecsIn: this.#in.changeCipherSpecs,
      changeCipherSpecsOut: this.#out.changeCipherSpecs,
      certificates: [...certificates],
      signatures: [...signatures],
      ja3: clientHello && ja3(clientHello.hello),
      ja3s: serverHello && ja3s(serverHello),
      ja4: clientHello && ja4(clientHello.hello, clientHello.firstAlpn),
    };
  }

  #keepStart(bytes: Uint8Array): void {
    const taken = bytes.subarray(0, START_BYTES - this.#startFill);
    this.#start.set(taken, this.#startFill);
    this.#startFill += taken.length;
  }

  #side(dir: Direction): WireSide {
    return dir === 'in' ? this.#in : this.#out;
  }
}
