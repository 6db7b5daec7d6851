import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { PinataError } from '../errors.ts';
import { type Micros, nowMicros } from '../wire/ids.ts';
import { type Delivery, dueDeliveries, enqueueAlarms, markDelivered, markFailed, putDelivery } from './deliveries.ts';
import { type Sender, testMessage } from './message.ts';
import { post } from './post.ts';
import { pauseAfter } from './retry.ts';
import { signedHeaders } from './signature.ts';
import { readSecrets } from './webhook-secret.ts';

const LOOK_EVERY_MS = 1_000;
/** A test is tried by whoever asked for it; only later by the one that tries all. */
const TEST_PATIENCE_US = 30_000_000;

export interface WebhookOptions {
  readonly pool: Pool;
  readonly url: string;
  /** File of the secrets that deliveries are signed with. */
  readonly secretFile: string;
  readonly sender: Sender;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly now?: () => Micros;
  readonly pauseAfter?: (tries: number) => number | null;
}

/**
 * Tells the organisers' webhook of each alarm. What is to be told stands in the database, so that a restart loses nothing; a delivery has
 * one id in all its tries, and ends with the first that is accepted. Who receives it drops an id that it knows: between an answer and
 * its note in the database there may be a crash.
 */
export class Webhook {
  readonly #options: WebhookOptions;
  readonly #now: () => Micros;
  readonly #stopping = new AbortController();
  /** Tries that wait for their answer, by the delivery's id. */
  readonly #trying = new Map<string, Promise<unknown>>();
  #running: Promise<void> | null = null;

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#now = options.now ?? nowMicros;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all(this.#trying.values());
  }

  /** Puts a test on its way, and tries it at once. Throws WEBHOOK_FAILED where it is not accepted: it is tried again by itself. */
  async test(): Promise<{ id: string; answer: string }> {
    const { pool, sender } = this.#options;
    const nowUs = this.#now();
    const message = testMessage(nowUs, sender);
    const id = await putDelivery(pool, message, { nowUs, nextUs: nowUs + TEST_PATIENCE_US });
    const { accepted, answer } = await this.#try({ id, body: JSON.stringify(message), tries: 0 });
    if (!accepted) throw new PinataError('WEBHOOK_FAILED', { why: answer });
    return { id, answer };
  }

  /** Tries all that is due, and waits for what comes of it. */
  async flush(): Promise<void> {
    await this.#begin();
    await Promise.all(this.#trying.values());
  }

  /** Begins to try what is due. What still waits for its answer must not hold up what is new. */
  async #begin(): Promise<void> {
    const { pool, sender, log } = this.#options;
    await enqueueAlarms(pool, sender, this.#now());
    for (const delivery of await dueDeliveries(pool, this.#now())) {
      if (this.#trying.has(delivery.id) || this.#stopping.signal.aborted) continue;
      const trying = this.#try(delivery)
        .catch(error => log.warn({ err: error, delivery: delivery.id }, 'what came of a try could not be noted'))
        .finally(() => this.#trying.delete(delivery.id));
      this.#trying.set(delivery.id, trying);
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let isWell = true;
    while (!signal.aborted) {
      try {
        await this.#begin();
        isWell = true;
      } catch (error) {
        if (isWell) this.#options.log.warn({ err: error }, 'the webhook waits for the database');
        isWell = false;
      }
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #try({ id, body, tries }: Delivery) {
    const { pool, url, secretFile, log } = this.#options;
    const posted = await this.#post(id, body, url, secretFile);
    // Nobody knows what came of it: it is tried again after the start.
    if (this.#stopping.signal.aborted && !posted.accepted) return posted;
    const nowUs = this.#now();
    if (posted.accepted) {
      await markDelivered(pool, id, nowUs, posted.answer);
      log.info({ delivery: id, tries: tries + 1 }, 'the webhook was told');
      return posted;
    }
    const pause = (this.#options.pauseAfter ?? pauseAfter)(tries + 1);
    await markFailed(pool, id, { nowUs, nextUs: pause === null ? null : nowUs + pause * 1000 }, posted.answer);
    log[pause === null ? 'error' : 'warn'](
      { delivery: id, tries: tries + 1, answer: posted.answer },
      'the webhook failed',
    );
    return posted;
  }

  async #post(id: string, body: string, url: string, secretFile: string) {
    try {
      const secrets = await readSecrets(secretFile);
      return await post(url, body, signedHeaders({ id, body }, Math.floor(this.#now() / 1e6), secrets), {
        stop: this.#stopping.signal,
      });
    } catch (error) {
      if (error instanceof PinataError) return { accepted: false, answer: error.code };
      throw error;
    }
  }
}
