import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { PinataError } from '../errors.ts';
import type { Proof } from '../keys/proof.ts';
import type { BootReason, Ended } from '../wire/facts.ts';
import { type BootId, newUuidV7, nowMicros } from '../wire/ids.ts';
import type { TargetState } from '../wire/targets.ts';
import { BackOff } from './back-off.ts';
import { Guest, type ReadyGuest } from './guest.ts';
import type { Accelerator, Hypervisor, RunningMachine } from './hypervisor.ts';
import type { GuestImage } from './image.ts';
import { newPrefaceKey } from './provisioning.ts';
import { watchPulse } from './pulse.ts';
import type { Recorder } from './recorder.ts';
import { certificatesOf, type TargetPlan } from './target-plan.ts';

export interface KeeperOptions {
  plan: TargetPlan;
  hypervisor: Hypervisor;
  readImage: () => Promise<GuestImage>;
  recorder: Recorder;
  plannedRestartMs: number;
  /** Told at every change. */
  show: (state: TargetState) => void;
  log: Logger;
}

/** What `GET /status` says about a target. */
export interface TargetStatus {
  target: string;
  state: TargetState['state'];
  bootId: BootId | null;
  uptimeS: number;
  /** Boots after the first one. */
  restarts: number;
  accelerator: Accelerator | null;
}

/** Reasons for an end that somebody wanted. */
type Asked = Exclude<Ended['reason'], 'crash'>;
type Life = { endedBy: Ended['reason']; uptimeMs: number };

/** Keeps one target up: boots a guest, watches it to its end, writes down both, and boots the next. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #backOff = new BackOff();
  readonly #stopping = new AbortController();
  readonly #firstReady = Promise.withResolvers<void>();
  #loop: Promise<void> = Promise.resolve();
  #proofs: Promise<unknown> = Promise.resolve();
  #state: TargetState['state'] = 'booting';
  #current: { guest: Guest; machine: RunningMachine; bootId: BootId; readyMs: number | null } | null = null;
  /** Who asked for the current guest's end; null while nobody did. */
  #endedBy: Asked | null = null;
  #boots = 0;
  #trouble = 'nothing was tried';

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#firstReady.promise.catch(() => {});
  }

  /** Starts keeping; resolves when the first guest is ready. Throws GUEST_PROVISION_FAILED after `deadlineMs`. */
  async start(deadlineMs: number): Promise<void> {
    this.#loop = this.#keep();
    const target = this.#options.plan.name;
    const fail = () =>
      this.#firstReady.reject(new PinataError('GUEST_PROVISION_FAILED', { target, why: this.#trouble }));
    const deadline = setTimeout(fail, deadlineMs);
    await this.#firstReady.promise.finally(() => clearTimeout(deadline));
  }

  /** Ends the current guest for good. Twice is fine. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#end('host');
    await this.#loop;
    this.#options.plan.provider.close?.();
  }

  /** Ends the current guest; the next one follows. Throws GUEST_NOT_READY. */
  async restart(): Promise<void> {
    if (this.#state !== 'ready') throw this.#notReady();
    await this.#end('request');
  }

  /** Throws GUEST_NOT_READY, PROOF_INVALID. */
  prove(root: string): Promise<Proof> {
    return this.#inTurn(() => this.#prove(root));
  }

  status(): TargetStatus {
    const readyMs = this.#current?.readyMs ?? null;
    return {
      target: this.#options.plan.name,
      state: this.#state,
      bootId: this.#current?.bootId ?? null,
      uptimeS: readyMs === null ? 0 : Math.floor((performance.now() - readyMs) / 1000),
      restarts: Math.max(0, this.#boots - 1),
      accelerator: this.#current?.machine.facts.accelerator ?? null,
    };
  }

  async #keep(): Promise<void> {
    let reason: BootReason = 'start';
    while (!this.#stopping.signal.aborted) {
      const { endedBy, uptimeMs } = await this.#live(reason);
      if (endedBy === 'host') return;
      reason = endedBy;
      if (endedBy === 'crash') await this.#rest(this.#backOff.crashed(uptimeMs));
      else this.#backOff.ran(uptimeMs);
    }
  }

  /** One boot, from before it to after its end. Never throws: what fails is a crash, and is tried again. */
  async #live(reason: BootReason): Promise<Life> {
    const startMs = performance.now();
    try {
      await this.#boot(reason);
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
      this.#options.log.error({ err: error, target: this.#options.plan.name }, 'boot failed');
    } finally {
      this.#current = null;
    }
    const endedBy = this.#endedBy ?? 'crash';
    this.#endedBy = null;
    return { endedBy, uptimeMs: performance.now() - startMs };
  }

  async #boot(reason: BootReason): Promise<void> {
    const { plan, hypervisor, recorder, readImage, log } = this.#options;
    const bootId = newUuidV7(Date.now());
    this.#show('booting');
    const image = await readImage();
    const target = plan.name;
    const prefaceKey = newPrefaceKey();
    const { provider, prize, network, publicUrl, limits, authority } = plan;
    const order = {
      ...{ target, prize, network, publicUrl, limits, bootId, imageSha256: image.sha256, prefaceKey },
      authority: authority?.given ?? null,
    };
    // Where the channel is there first, the provision is made while the machine starts.
    const channel = await provider.channel?.();
    const early = channel && provider.prepare(order, channel.host);
    const machine = await hypervisor.start({ name: target, place: plan.place, image, channel }).catch(error => {
      early?.abandon();
      throw error;
    });
    const provision = early ?? provider.prepare(order, machine.channel);
    const guest = new Guest(
      machine,
      { target, bootId, imageSha256: image.sha256, provision, certificates: certificatesOf(authority) },
      {
        told: (seq, id, event) => {
          recorder.told({ kind: 'guest', t: nowMicros(), target, bootId, seq, id, event });
          if (event.kind === 'limit' && event.which === 'signatures') void this.#end('planned');
        },
        lost: count => recorder.lost(target, bootId, count),
        flush: () => recorder.flush(),
      },
    );
    this.#current = { guest, machine, bootId, readyMs: null };
    this.#boots++;
    recorder.record({
      kind: 'boot',
      t: nowMicros(),
      target,
      bootId,
      reason,
      imageSha256: image.sha256,
      ...machine.facts,
    });
    if (this.#endedBy) void guest.stop();
    guest.ready
      .then(ready => this.#onReady(bootId, ready, prefaceKey))
      .catch(error => log.error({ err: error, target, bootId }, 'guest was never ready'));
    const planned = setTimeout(() => void this.#end('planned'), this.#options.plannedRestartMs);
    const endWatch = watchPulse(
      () => this.#inTurn(() => this.#ask(guest, bootId, randomBytes(32).toString('hex'))),
      () => guest.condemn('it does not answer'),
    );
    const detail = await guest.ended;
    clearTimeout(planned);
    endWatch();
    const endedBy = this.#endedBy ?? 'crash';
    if (endedBy === 'crash') this.#trouble = detail;
    recorder.record({ kind: 'end', t: nowMicros(), target, bootId, reason: endedBy, detail });
    log.info({ target, bootId, endedBy, detail }, 'guest ended');
  }

  #onReady(bootId: BootId, { ready, bootUs, keys, prize }: ReadyGuest, prefaceKey: Uint8Array): void {
    const { plan, recorder, log } = this.#options;
    if (this.#current?.bootId !== bootId || this.#endedBy) return;
    const { ca, server, client, authority } = ready;
    recorder.record({
      kind: 'ready',
      t: nowMicros(),
      target: plan.name,
      bootId,
      authority,
      ca,
      server,
      client,
      keys,
      bootUs,
      limits: plan.limits,
      prize,
      credentials: plan.authority?.credentials ?? null,
    });
    this.#current.readyMs = performance.now();
    const address = this.#current.machine.address;
    const key = Buffer.from(prefaceKey).toString('base64');
    this.#show('ready', { bootId, ...address, prefaceKey: key, limits: plan.limits });
    log.info({ target: plan.name, bootId, bootUs }, 'guest ready');
    this.#firstReady.resolve();
  }

  /** A guest is asked for one proof at a time. */
  #inTurn(ask: () => Promise<Proof>): Promise<Proof> {
    const proof = this.#proofs.then(ask);
    this.#proofs = proof.catch(() => {});
    return proof;
  }

  async #prove(root: string): Promise<Proof> {
    if (this.#state !== 'ready' || !this.#current) throw this.#notReady();
    const proof = await this.#ask(this.#current.guest, this.#current.bootId, root);
    const { target, bootId, message, signature } = proof;
    this.#options.recorder.record({ kind: 'proof', t: nowMicros(), target, bootId, root, message, signature });
    return proof;
  }

  /** A proof that does not hold is worth a fact of its own. */
  async #ask(guest: Guest, bootId: BootId, root: string): Promise<Proof> {
    try {
      return await guest.prove(root);
    } catch (error) {
      if (error instanceof PinataError && error.code === 'PROOF_INVALID') {
        const { plan, recorder } = this.#options;
        recorder.record({ kind: 'proof_failed', t: nowMicros(), target: plan.name, bootId, why: error.message });
      }
      throw error;
    }
  }

  async #end(by: Asked): Promise<void> {
    if (this.#stopping.signal.aborted && by !== 'host') return;
    this.#endedBy = by;
    // First, so that the gateway sends nobody more to it.
    this.#show(by === 'host' ? 'down' : 'booting');
    await this.#current?.guest.stop();
  }

  async #rest(delayMs: number): Promise<void> {
    if (delayMs === 0) return;
    this.#show('down');
    const { log, plan } = this.#options;
    log.warn({ target: plan.name, delayMs, trouble: this.#trouble }, 'resting after crashes');
    await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }

  #show(state: TargetState['state'], guest: TargetState['guest'] = null): void {
    this.#state = state;
    this.#options.show({ target: this.#options.plan.name, state, guest });
  }

  #notReady(): PinataError {
    return new PinataError('GUEST_NOT_READY', { target: this.#options.plan.name });
  }
}
