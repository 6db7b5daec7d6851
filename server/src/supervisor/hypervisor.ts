import type { Duplex } from 'node:stream';
import type { ChannelPair } from './channel-pair.ts';
import type { GuestImage } from './image.ts';

/** What runs guests. One implementation: QEMU (`qemu.ts`). */
export interface Hypervisor {
  /**
   * Starts a machine on exactly these image bytes and resolves once it runs. Throws QEMU_UNUSABLE where it does not.
   * `place` numbers the machines that run at the same time, from 0: each place has a user of its own where that is possible.
   * `channel` is the guest's, where one was made for it.
   */
  start(order: MachineOrder): Promise<RunningMachine>;
}

export interface MachineOrder {
  name: string;
  place: number;
  image: GuestImage;
  channel?: ChannelPair | undefined;
}

export type Accelerator = 'tcg' | 'kvm';

/** What is published about how a machine was started. Hashes are hex. */
export interface MachineFacts {
  accelerator: Accelerator;
  qemuVersion: string;
  qemuSha256: string;
  argvSha256: string;
  memoryMiB: number;
}

/** Host ports that reach the guest's two ports; all of one list are alike. */
export interface ForwardedPorts {
  serverPorts: number[];
  clientPorts: number[];
}

export interface RunningMachine {
  readonly facts: MachineFacts;
  readonly pid: number;
  /** `performance.now()` of the moment before the hypervisor was started. */
  readonly startedMs: number;
  /** The guest's end of the channel. Its reader must keep reading, or `ended` waits. */
  readonly channel: Duplex;
  /** Where the guest's two ports are reached from this host. */
  readonly address: { host: string } & ForwardedPorts;
  /** Resolves when the machine is gone, for whatever reason. Never rejects. */
  readonly ended: Promise<MachineEnd>;
  /** Ends the machine at once and waits until it is gone. Twice is fine. */
  stop(): Promise<MachineEnd>;
}

export interface MachineEnd {
  /** How it ended, in a few words: a panic, a reset, a signal. */
  detail: string;
  /** What the guest wrote on its serial port at last; bounded, printable. */
  lastWords: string;
}
