import { setTimeout as delay } from 'node:timers/promises';

/** What can be kept running: it says when it ended, and can be stopped. */
export interface Keepable {
  readonly pid: number;
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface KeeperEvents {
  /** It ended without being asked; the next start comes after `delayMs`. */
  onEnd(why: string, delayMs: number): void;
  onAgain(pid: number): void;
}

const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 30_000;
/** One that ran this long is started again at once when it ends; before, the waits double. */
const STEADY_MS = 60_000;

/** Starts something, and starts it again whenever it ends, until `stop`. The first start may throw; later ones are repeated. */
export class Keeper {
  readonly #start: () => Promise<Keepable>;
  readonly #events: KeeperEvents;
  readonly #stopped = new AbortController();
  #running: Keepable | null = null;
  #loop: Promise<void> = Promise.resolve();

  constructor(start: () => Promise<Keepable>, events: KeeperEvents) {
    this.#start = start;
    this.#events = events;
  }

  /** The process id now, or null between two lives. */
  get pid(): number | null {
    return this.#running?.pid ?? null;
  }

  async start(): Promise<void> {
    this.#running = await this.#start();
    this.#loop = this.#keep(this.#running);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running?.stop();
    await this.#loop;
  }

  async #keep(first: Keepable): Promise<void> {
    let running: Keepable | null = first;
    let wait = FIRST_DELAY_MS;
    let why = '';
    for (;;) {
      if (running) {
        const since = performance.now();
        why = await running.ended;
        this.#running = null;
        if (performance.now() - since >= STEADY_MS) wait = FIRST_DELAY_MS;
      }
      if (this.#stopped.signal.aborted) return;
      this.#events.onEnd(why, wait);
      await delay(wait, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      if (this.#stopped.signal.aborted) return;
      wait = Math.min(wait * 2, MAX_DELAY_MS);
      running = await this.#start().catch((error: Error) => {
        why = error.message;
        return null;
      });
      this.#running = running;
      if (running && this.#stopped.signal.aborted) await running.stop();
      else if (running) this.#events.onAgain(running.pid);
    }
  }
}
