import type { Duplex } from 'node:stream';
import type { BootOrder, Given } from './provisioning.ts';

/** What gives the guests of one target their provision. */
export interface Provider {
  /** Gets ready for one boot. `channel` is the host's end of the new guest's channel. */
  prepare(order: BootOrder, channel: Duplex): PreparedProvision;
}

export interface PreparedProvision {
  /** Sends the provision under this number of the host's frames. Rejects with the errors of the secret's file. Once only. */
  give(seq: number): Promise<Given>;
  /** The guest is gone: nothing will be given. Harmless afterwards. */
  abandon(): void;
}
