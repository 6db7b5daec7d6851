import { PinataError } from '../errors.ts';
import { type Proof, verifyProof } from '../keys/proof.ts';
import type { GuestMessage, GuestReady } from '../wire/channel.ts';
import { ChannelError } from '../wire/channel-frames.ts';
import type { GuestEvent } from '../wire/guest-event.ts';
import { type AttemptId, type BootId, isUuidV7 } from '../wire/ids.ts';
import { Conversation } from './conversation.ts';
import { sha256Hex } from './digest.ts';
import type { MachineEnd, RunningMachine } from './hypervisor.ts';
import { Meter } from './meter.ts';
import type { PreparedProvision } from './provider.ts';
import type { Given } from './provisioning.ts';

/** A hundred times what it takes; on a machine that has no time for it, starting again would only add to its load. */
const READY_DEADLINE_MS = 15_000;
const STOP_GRACE_MS = 1000;
/** After a fault a guest still writes to its serial port and signals a panic. */
const LAST_WORDS_MS = 100;
const PROVE_DEADLINE_MS = 3000;

export interface GuestOrder {
  target: string;
  bootId: BootId;
  imageSha256: string;
  /** Gives the guest its provision once it has said hello. */
  provision: PreparedProvision;
  /** Base64 of DER that the guest must answer with; null where it makes its own. */
  certificates: { ca: string; server: string; client: string } | null;
}

export interface GuestListener {
  told(seq: number, id: AttemptId | null, event: GuestEvent): void;
  lost(count: number): void;
  /** The portion of the channel's bytes that was read is dealt with. */
  flush(): void;
}

/** A guest that listens. */
export interface ReadyGuest {
  ready: GuestReady;
  /** The public halves of what it was given. */
  keys: Given['keys'];
  /** From the start of the hypervisor to the `ready` frame. */
  bootUs: number;
  prize: Given['prize'];
}

/**
 * One boot of one target, from the running machine to its end. Whatever the guest says is checked; the first wrong word ends it.
 */
export class Guest {
  readonly #machine: RunningMachine;
  readonly #order: GuestOrder;
  readonly #listener: GuestListener;
  readonly #conversation = new Conversation();
  readonly #meter = new Meter(performance.now());
  readonly #ready = Promise.withResolvers<ReadyGuest>();
  readonly #readyDeadline: NodeJS.Timeout;
  #given: Promise<Given> | null = null;
  #serving: { ready: GuestReady; vaultKey: string } | null = null;
  #proof: { root: string; resolve(proof: Proof): void; reject(error: Error): void } | null = null;
  #condemned = false;
  /** Why it could not be given its provision. */
  #unprovided: unknown;
  /** The first reason that was found for its end. */
  #why: string | null = null;

  /** Resolves once the guest listens; rejects with GUEST_PROVISION_FAILED if it ends before, with the reason in full as its cause. */
  readonly ready: Promise<ReadyGuest>;
  /** Why it ended, in a line. Never rejects. */
  readonly ended: Promise<string>;

  constructor(machine: RunningMachine, order: GuestOrder, listener: GuestListener) {
    this.#machine = machine;
    this.#order = order;
    this.#listener = listener;
    this.ready = this.#ready.promise;
    this.ready.catch(() => {});
    this.#readyDeadline = setTimeout(() => this.condemn('it was not ready in time'), READY_DEADLINE_MS);
    this.ended = machine.ended.then(end => this.#onEnd(end));
    machine.channel.on('data', (bytes: Uint8Array) => this.#onBytes(bytes));
    machine.channel.resume();
  }

  /** Asks the vault key to sign for `root` (hex of 32 bytes), one at a time. Throws GUEST_NOT_READY, PROOF_INVALID. */
  async prove(root: string): Promise<Proof> {
    const { target } = this.#order;
    const serving = this.#serving;
    if (!serving || this.#proof || this.#condemned) throw new PinataError('GUEST_NOT_READY', { target });
    const { promise, resolve, reject } = Promise.withResolvers<Proof>();
    this.#proof = { root, resolve, reject };
    const deadline = setTimeout(
      () => reject(new PinataError('PROOF_INVALID', { why: 'no answer' })),
      PROVE_DEADLINE_MS,
    );
    try {
      this.#say(this.#conversation.say({ type: 'prove', root: Uint8Array.from(Buffer.from(root, 'hex')) }));
      const proof = await promise;
      const why = verifyProof(proof, { root, key: serving.vaultKey });
      if (why) throw new PinataError('PROOF_INVALID', { why });
      return proof;
    } finally {
      clearTimeout(deadline);
      this.#proof = null;
    }
  }

  /** Asks the guest to stop, and stops the machine if it does not. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#why ??= 'stopped';
    if (this.#serving) this.#say(this.#conversation.say({ type: 'stop' }));
    const grace = setTimeout(() => void this.#machine.stop(), this.#serving ? STOP_GRACE_MS : 0);
    await this.ended;
    clearTimeout(grace);
  }

  /** Ends it as a crash for this reason, after a moment to end by itself: its last words are then complete. */
  condemn(why: string): void {
    if (this.#condemned) return;
    this.#condemned = true;
    this.#why ??= why;
    this.#machine.channel.resume();
    setTimeout(() => void this.#machine.stop(), LAST_WORDS_MS);
  }

  #onBytes(bytes: Uint8Array): void {
    if (this.#condemned) return;
    let frames = 0;
    try {
      for (const heard of this.#conversation.hear(bytes)) {
        frames++;
        if ('gap' in heard) this.#listener.lost(heard.gap);
        else this.#onMessage(heard.seq, heard.message);
      }
    } catch (error) {
      // Anything that a guest's words bring about is the guest's end and nobody else's.
      this.condemn(publicReason(error));
    }
    this.#listener.flush();
    const waitMs = this.#meter.spend(bytes.length, frames, performance.now());
    if (waitMs > 0) {
      this.#machine.channel.pause();
      setTimeout(() => this.#machine.channel.resume(), waitMs);
    }
  }

  #onMessage(seq: number, message: GuestMessage): void {
    switch (message.type) {
      case 'hello':
        this.#provide();
        break;
      case 'ready':
        void this.#onReady(message.ready);
        break;
      case 'event':
        if (message.id !== null && !isUuidV7(message.id)) throw new ChannelError('event.id is no attempt');
        this.#listener.told(seq, message.id, message.event);
        break;
      case 'lost':
        this.#listener.lost(message.count);
        break;
      case 'fault':
        this.condemn(`${message.reason} at ${message.location}`);
        break;
      case 'proof':
        this.#onProof(message);
        break;
    }
  }

  #provide(): void {
    this.#given = this.#order.provision.give(this.#conversation.provide());
    this.#given.catch(error => {
      this.#unprovided = error;
      this.condemn(publicReason(error));
    });
  }

  /** What it should answer is known only when the one who provided it has said so. */
  async #onReady(ready: GuestReady): Promise<void> {
    const bootUs = Math.round((performance.now() - this.#machine.startedMs) * 1000);
    try {
      if (!this.#given) throw new ChannelError('ready out of order');
      const { keys, prize } = await this.#given;
      if (this.#condemned) return;
      this.#believe(ready);
      clearTimeout(this.#readyDeadline);
      this.#serving = { ready, vaultKey: keys.find(({ role }) => role === 'vault')?.xOnly ?? '' };
      this.#ready.resolve({ ready, bootUs, keys, prize });
    } catch (error) {
      this.condemn(publicReason(error));
    }
  }

  /** That it got the keys it was given is shown by its proofs. */
  #believe(ready: GuestReady): void {
    const { bootId, certificates } = this.#order;
    const authority = certificates ? 'given' : 'born';
    if (ready.bootId !== bootId) throw new ChannelError('ready.boot is another boot');
    if (ready.authority !== authority) throw new ChannelError(`ready.authority is not ${authority}`);
    for (const name of ['ca', 'server', 'client'] as const) {
      if (certificates && ready[name] !== certificates[name])
        throw new ChannelError(`ready.${name} is not the given one`);
    }
  }

  #onProof({ root, message, signature, key }: Extract<GuestMessage, { type: 'proof' }>): void {
    const { target, bootId, imageSha256 } = this.#order;
    // Not an offence: it may come after its deadline.
    if (!this.#proof || !this.#serving || root !== this.#proof.root) return;
    const caSha256 = sha256Hex(Buffer.from(this.#serving.ready.ca, 'base64'));
    this.#proof.resolve({ root, message, signature, key, target, bootId, imageSha256, caSha256 });
  }

  #say(frame: Uint8Array, sent: () => void = () => {}): void {
    this.#machine.channel.write(frame, sent);
  }

  #onEnd({ detail, lastWords }: MachineEnd): string {
    clearTimeout(this.#readyDeadline);
    this.#order.provision.abandon();
    this.#serving = null;
    const said = lastWords ? `; last words: ${lastWords}` : '';
    const why = `${this.#why ?? detail}${said}`;
    const { target } = this.#order;
    this.#ready.reject(new PinataError('GUEST_PROVISION_FAILED', { target, why }, { cause: this.#unprovided }));
    this.#proof?.reject(new PinataError('GUEST_NOT_READY', { target }));
    return why;
  }
}

/** For the published end of a boot: a refusal in words, anything else by its code or name alone. */
function publicReason(error: unknown): string {
  if (error instanceof ChannelError) return `channel: ${error.message}`;
  if (error instanceof PinataError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
