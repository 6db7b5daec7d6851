import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { Duplex, type Stream } from 'node:stream';
import { PinataError } from '../errors.ts';
import type { ChannelPair } from './channel-pair.ts';
import { BARE_ENVIRONMENT, confined, type MachineUser } from './confinement.ts';
import type {
  Accelerator,
  ForwardedPorts,
  Hypervisor,
  MachineEnd,
  MachineFacts,
  MachineOrder,
  RunningMachine,
} from './hypervisor.ts';
import { openUnnamed } from './inherited-file.ts';
import { FD, parseForwards, qemuArguments } from './qemu-arguments.ts';
import type { QemuBinary } from './qemu-binary.ts';
import { Qmp } from './qmp.ts';
import { Tail } from './tail.ts';

/** What the image needs with all places taken; measured with the guest's tests. */
export const GUEST_MEMORY_MIB = 16;

const START_DEADLINE_MS = 5000;
/** QEMU ends by itself after a panic or a reset; if it does not, it is killed. */
const EXIT_GRACE_MS = 300;
const TAIL_BYTES = 4096;

export interface QemuOptions {
  binary: QemuBinary;
  accelerator: Accelerator;
  /** Where the unnamed copy of the image is made. */
  folder: string;
  /** The user of each place. */
  user: (place: number) => MachineUser;
  memoryMiB?: number;
}

/** QEMU's `microvm`, one process per machine, everything to it through inherited descriptors. */
export class Qemu implements Hypervisor {
  readonly #options: Required<QemuOptions>;

  constructor(options: QemuOptions) {
    this.#options = Object.freeze({ memoryMiB: GUEST_MEMORY_MIB, ...options });
  }

  async start({ name, place, image, channel: made }: MachineOrder): Promise<RunningMachine> {
    const { binary, accelerator, folder, memoryMiB, user } = this.#options;
    const argv = [binary.path, ...qemuArguments({ name, accelerator, memoryMiB })];
    const imageFd = openUnnamed(folder, image.bytes);
    const startedMs = performance.now();
    const process = new QemuProcess(confined(argv, user(place)), imageFd, made);
    try {
      const { qemuVersion, ports } = await process.whenRunning();
      const facts: MachineFacts = {
        accelerator,
        qemuVersion,
        qemuSha256: binary.sha256,
        argvSha256: createHash('sha256').update(argv.join('\0')).digest('hex'),
        memoryMiB,
      };
      const address = { host: '127.0.0.1', ...ports };
      const { channel, ended, pid } = process;
      return { facts, pid, startedMs, channel, address, ended, stop: () => process.stop() };
    } catch (error) {
      const { detail } = await process.fail();
      throw new PinataError('QEMU_UNUSABLE', { why: process.complaints.text || detail }, { cause: error });
    }
  }
}

/** One QEMU process: its descriptors, its monitor, its end. */
class QemuProcess {
  readonly complaints = new Tail(TAIL_BYTES);
  readonly channel: Duplex;
  readonly ended: Promise<MachineEnd>;
  readonly #child: ChildProcess;
  readonly #qmp: Qmp;
  readonly #lastWords = new Tail(TAIL_BYTES);
  #cause: string | null = null;

  /** Takes over the image's descriptor, and the channel if one was made. */
  constructor([program = '', ...argv]: string[], imageFd: number, channel?: ChannelPair) {
    const stdio = ['ignore', 'pipe', 'pipe', channel?.guest ?? 'pipe', 'pipe', imageFd, 'pipe'] as const;
    this.#child = spawn(program, argv, { stdio: [...stdio], cwd: '/', env: BARE_ENVIRONMENT });
    closeSync(imageFd);
    channel?.guest.destroy();
    this.channel = channel?.host.on('error', () => {}) ?? this.#pipe(FD.channel);
    this.#qmp = new Qmp(this.#pipe(FD.qmp), (name, data) => this.#onMonitorEvent(name, data));
    const streams: readonly (Stream | null | undefined)[] = this.#child.stdio;
    for (const [fd, tail] of [
      [1, this.complaints],
      [2, this.complaints],
      [FD.lastWords, this.#lastWords],
    ] as const) {
      streams[fd]?.on('data', (bytes: Uint8Array) => tail.push(bytes)).on('error', () => {});
    }
    this.ended = this.#whenEnded();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async whenRunning(): Promise<{ qemuVersion: string; ports: ForwardedPorts }> {
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), START_DEADLINE_MS);
    try {
      // All at once: QEMU takes them in order, and as soon as it can.
      const [qemuVersion, , usernet] = await Promise.all([
        this.#qmp.greeting,
        this.#qmp.command('qmp_capabilities'),
        this.#qmp.command('human-monitor-command', { 'command-line': 'info usernet' }),
        this.#qmp.command('cont'),
      ]);
      const ports = parseForwards(String(usernet));
      if (!ports) throw new Error('the monitor names no forwarded ports');
      return { qemuVersion, ports };
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Waits for a process that did not get going to end, by force if need be: how it ended says what is wrong. */
  async fail(): Promise<MachineEnd> {
    this.channel.resume();
    setTimeout(() => this.#child.kill('SIGKILL'), EXIT_GRACE_MS).unref();
    return this.ended;
  }

  stop(): Promise<MachineEnd> {
    this.#cause ??= 'stopped';
    this.#child.kill('SIGKILL');
    return this.ended;
  }

  /** The descriptors are socket pairs: both ends read and write. */
  #pipe(fd: number): Duplex {
    const stream = this.#child.stdio[fd];
    if (!(stream instanceof Duplex)) throw new TypeError(`descriptor ${fd} is no socket`);
    // The peer's death is seen as the process's end; as an error of the stream it would say nothing more.
    return stream.on('error', () => {});
  }

  #onMonitorEvent(name: string, data: unknown): void {
    if (name === 'GUEST_PANICKED') this.#cause ??= 'panic';
    else if (name === 'SHUTDOWN') this.#cause ??= `shutdown: ${reasonIn(data)}`;
    else if (name === 'STOP') this.#cause ??= 'the machine stopped';
    else return;
    setTimeout(() => this.#child.kill('SIGKILL'), EXIT_GRACE_MS).unref();
  }

  /** After `close` rather than `exit`: what the guest wrote last has then been read, on a channel of another's making too. */
  #whenEnded(): Promise<MachineEnd> {
    const isRead = new Promise(resolve => this.channel.once('close', resolve));
    return new Promise(resolve => {
      const end = (how: string) => resolve({ detail: this.#cause ?? how, lastWords: this.#lastWords.text });
      this.#child.once('error', error => end(`it could not be started: ${error.message}`));
      this.#child.once('close', (code, signal) => {
        void isRead.then(() => end(signal ? `ended by ${signal}` : `ended with status ${code}`));
      });
    });
  }
}

/** From `{"guest": true, "reason": "guest-reset"}`. */
function reasonIn(data: unknown): string {
  return typeof data === 'object' && data !== null && 'reason' in data ? String(data.reason) : 'unknown';
}
