import type { Way } from './load.ts';

/** A virtual machine with a TLS server that listens. */
export interface ServingMachine {
  /** Of QEMU. */
  readonly pid: number;
  readonly way: Way;
  readonly memoryMiB: number;
  /** `performance.now()` of the moment before QEMU was started. */
  readonly startedMs: number;
  /** From there to the moment at which it was known to listen. */
  readonly listeningMs: number;
  /** Ends QEMU and waits until it is gone. */
  stop(): Promise<void>;
}

/** The address that loads come from through QEMU's user network; others who measure at the same time use others. */
export const LOAD_SOURCE = '127.0.0.3';
