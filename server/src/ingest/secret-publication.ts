import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { type LegTimes, publishSecrets } from '../store/handshake-secrets.ts';
import { nowMicros } from '../wire/ids.ts';

const STEP_MS = 1000;

export interface SecretPublicationOptions {
  pool: Pick<Pool, 'query'>;
  times: () => LegTimes;
  log: Logger;
}

/** Publishes the handshake secrets of sessions once all of their connections have ended, as long as it runs. */
export class SecretPublication {
  readonly #options: SecretPublicationOptions;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #failing = false;

  constructor(options: SecretPublicationOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Ends after the step in hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#step();
      await delay(STEP_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #step(): Promise<void> {
    const { pool, times, log } = this.#options;
    try {
      await publishSecrets(pool, times(), nowMicros());
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) log.error({ err: error }, 'handshake secrets are not published; trying again');
      this.#failing = true;
    }
  }
}
