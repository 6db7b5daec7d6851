import type { Duplex } from 'node:stream';
import type { ChannelPair } from './channel-pair.ts';
import type { BootOrder, Given } from './provisioning.ts';

/** What gives the guests of one target their provision. */
export interface Provider {
  /** The next guest's channel, where whoever will provide for it has the host's end already. Without it the hypervisor makes one. */
  channel?(): Promise<ChannelPair>;
  /** Gets ready for one boot. `channel` is the host's end of the new guest's channel. */
  prepare(order: BootOrder, channel: Duplex): PreparedProvision;
  /** There will be no more boots. */
  close?(): void;
}

export interface PreparedProvision {
  /** Sends the provision under this number of the host's frames. Rejects with the errors of the secret's file. Once only. */
  give(seq: number): Promise<Given>;
  /** The guest is gone: nothing will be given. Harmless afterwards. */
  abandon(): void;
}
