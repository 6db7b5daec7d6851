import type { GuestRole } from '../wire/facts.ts';

const HEADER_BYTES = 5;
const ALERT = 21;
const APPLICATION_DATA = 23;

/**
 * Protected records that the guest sends before it has decided. As server it sends one, its flight from EncryptedExtensions to
 * Finished; the next answers the attacker's own flight: the release, or an alert. As client its first one is that answer.
 */
const BEFORE_DECISION: Record<GuestRole, number> = { server: 1, client: 0 };

/**
 * Tells from the headers of the guest's records (RFC 8446 §5.1) whether it has decided about its peer. Whether it let them in is
 * encrypted; either way it is about to end the connection, so that nobody has to.
 */
export class DecisionWatch {
  readonly #before: number;
  readonly #header: number[] = [];
  #left = 0;
  #protected = 0;
  #decided = false;

  constructor(role: GuestRole) {
    this.#before = BEFORE_DECISION[role];
  }

  get isDecided(): boolean {
    return this.#decided;
  }

  /** The next bytes from the guest, however they are split. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#decided; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, bytes.length - at);
        this.#left -= skipped;
        at += skipped;
        continue;
      }
      this.#header.push(bytes[at] ?? 0);
      at += 1;
      if (this.#header.length === HEADER_BYTES) this.#take();
    }
  }

  #take(): void {
    const [type, , , high = 0, low = 0] = this.#header;
    this.#header.length = 0;
    this.#left = (high << 8) | low;
    if (type === APPLICATION_DATA) this.#protected += 1;
    this.#decided = type === ALERT || this.#protected > this.#before;
  }
}
