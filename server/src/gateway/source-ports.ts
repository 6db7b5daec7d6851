import { randomInt } from 'node:crypto';
import { ALONE, partOf, type Share } from './share.ts';

/** Nothing else dials from here, so that its ports are free, whatever attackers on this host use. */
export const SOURCE_ADDRESS = '127.0.0.2';

/** Below them only root may bind. */
const FIRST_PORT = 1024;
const PORTS = 65_536 - FIRST_PORT;

/**
 * The ports from which one target's guests are dialled, each again as late as possible. QEMU's user networking shows its guest all
 * of 127.0.0.0/8 as one address and tells connections apart by their source port alone, whichever host port they came through; and
 * it remembers a connection for ten seconds after its end. The system hands out the same source port for several host ports at
 * once: the second connection then waits for seconds, or ends the first one. Several processes that dial the same guests have
 * different ports.
 */
export class SourcePorts {
  readonly #count: number;
  readonly #share: Share;
  #at: number;

  constructor(share: Share = ALONE) {
    this.#share = share;
    this.#count = partOf(PORTS, share);
    this.#at = randomInt(this.#count);
  }

  next(): number {
    this.#at = (this.#at + 1) % this.#count;
    return FIRST_PORT + this.#at * this.#share.of + this.#share.number - 1;
  }
}
