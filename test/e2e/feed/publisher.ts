import { setTimeout as pause } from 'node:timers/promises';
import { makeRecords, publish } from '../../../server/src/api/testing/records.ts';
import { type Database, openDatabase } from '../../../server/src/store/database.ts';
import type { UnsealedRecord } from '../../../server/src/store/publication.ts';
import { newAttemptId } from '../../../server/src/wire/ids.ts';

const TEMPLATES = 200;
/** Every so many publications, one of an earlier batch gets a revision. */
const REVISION_EVERY = 10;
const BATCHES_PER_SECOND = 10;

/** Publishes attempts at a steady rate through the store's own writer, as ingest does: some each tenth of a second. */
export class Publisher {
  readonly #database: Database;
  readonly #templates: readonly UnsealedRecord[];
  readonly #perBatch: number;
  readonly #onBatch: (from: number, to: number, atMs: number) => void;
  #published = 0;
  #previous: UnsealedRecord | null = null;
  #stopping = false;
  #running: Promise<void> | null = null;

  /** `onBatch` is told of each batch once it is committed: its changes, from and to, and the time (epoch) before the commit. */
  constructor(url: string, perSecond: number, onBatch: (from: number, to: number, atMs: number) => void = () => {}) {
    this.#database = openDatabase(url);
    this.#perBatch = Math.ceil(perSecond / BATCHES_PER_SECOND);
    this.#onBatch = onBatch;
    const classes = ['A13_garbage', 'C10_rc4', 'E01_no_certificate'];
    this.#templates = makeRecords(
      Array.from({ length: TEMPLATES }, (_, index) => ({
        depth: index % 9,
        classes: classes.slice(index % 4),
        country: index % 3 === 0 ? 'ZZ' : 'FR',
      })),
    );
  }

  /** How many changes it has made. */
  get published(): number {
    return this.#published;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
    await this.#database.close();
  }

  async #run(): Promise<void> {
    const begun = performance.now();
    for (let batch = 1; !this.#stopping; batch++) {
      const records = Array.from({ length: this.#perBatch }, () => this.#next());
      const from = this.#published - records.length + 1;
      const atMs = Date.now();
      await publish({ owner: this.#database }, records);
      this.#previous = records.at(-1) ?? null;
      this.#onBatch(from, this.#published, atMs);
      await pause(Math.max(0, begun + (batch * 1000) / BATCHES_PER_SECOND - performance.now()));
    }
  }

  #next(): UnsealedRecord {
    const number = this.#published++;
    if (this.#previous && number % REVISION_EVERY === 0) {
      const revised = this.#previous;
      this.#previous = null;
      return revised;
    }
    const startedUs = Date.now() * 1000 + (number % 1000);
    const template = this.#templates[number % TEMPLATES] as UnsealedRecord;
    const startedAt = `${new Date(startedUs / 1000).toISOString().slice(0, 19)}Z`;
    return { ...template, id: newAttemptId(startedUs), startedUs, startedAt };
  }
}
