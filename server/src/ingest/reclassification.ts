import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { CLASSIFIER } from '../classify/classifier.ts';
import type { Publication } from '../store/publication.ts';
import type { AttemptWriter } from '../store/writer.ts';
import { type AttemptId, nowMicros } from '../wire/ids.ts';
import { recomposeDraft, type Surroundings } from './compose.ts';
import { plainBatch } from './make-batch.ts';

/** Rows in one transaction, which the pipeline's batches wait for. */
const BATCH_ROWS = 100;
/** It rests so many times as long as it works, so that what comes in is never held up for long. */
const REST_FACTOR = 4;
const REST_MIN_MS = 20;
const RETRY_MS = 5000;

const OTHERS_SINCE = `exists (select from reclassification other
  where other.classifier <> mine.classifier and other.begun_us > mine.begun_us)`;

export interface ReclassificationState {
  classifier: string;
  running: boolean;
  /** Rows up to this `seq` have been looked at, of those up to `upTo`. */
  seq: number;
  upTo: number;
  revised: number;
}

interface Progress {
  seq: number;
  upTo: number;
  revised: number;
}

export interface ReclassificationOptions {
  pool: Pick<Pool, 'query'>;
  writer: Pick<AttemptWriter, 'write'>;
  surroundings: Surroundings;
  log: Logger;
  /** Which rules these are; the classifier's own hash if left out. */
  classifier?: string;
}

/**
 * Looks at the rows that older rules concluded, oldest first, and revises those that the rules of today conclude differently. Its
 * place is kept in the store, and a batch that is done twice changes nothing, so that it may be stopped at any time.
 */
export class Reclassification {
  readonly #options: ReclassificationOptions;
  readonly #classifier: string;
  readonly #stopping = new AbortController();
  #progress: Progress = { seq: 0, upTo: 0, revised: 0 };
  #running: Promise<void> | null = null;

  constructor(options: ReclassificationOptions) {
    this.#options = options;
    this.#classifier = options.classifier ?? CLASSIFIER.sha256;
  }

  get state(): ReclassificationState {
    return { classifier: this.#classifier, running: this.#running !== null, ...this.#progress };
  }

  /** Goes on where it was. Does nothing while it runs. */
  start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Kept once every row has been looked at, or it was stopped. */
  async finished(): Promise<void> {
    await this.#running;
  }

  /** Ends after the batch in hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log } = this.#options;
    while (!this.#stopping.signal.aborted) {
      try {
        this.#progress = await this.#begin();
        while (!this.#stopping.signal.aborted && this.#progress.seq < this.#progress.upTo) await this.#step();
        log.info(this.state, 'reclassification');
        return;
      } catch (error) {
        log.error({ err: error }, 'reclassification does not go on; trying again');
        await this.#rest(RETRY_MS);
      }
    }
  }

  /**
   * Where it stands. It ends at the row that is the newest now, since those to come are concluded by these rules; so it does not move
   * when they begin again, unless others were here meanwhile.
   */
  async #begin(): Promise<Progress> {
    const { pool } = this.#options;
    await pool.query(
      `insert into reclassification as mine (classifier, up_to, begun_us) select $1, seq, $2 from counter
       on conflict (classifier) do update set begun_us = excluded.begun_us,
         seq = case when ${OTHERS_SINCE} then 0 else mine.seq end,
         up_to = case when ${OTHERS_SINCE} then excluded.up_to else mine.up_to end`,
      [this.#classifier, nowMicros()],
    );
    const { rows } = await pool.query<Record<keyof Progress, string>>(
      'select seq, up_to as "upTo", revised from reclassification where classifier = $1',
      [this.#classifier],
    );
    const [row] = rows;
    return { seq: Number(row?.seq ?? 0), upTo: Number(row?.upTo ?? 0), revised: Number(row?.revised ?? 0) };
  }

  async #step(): Promise<void> {
    const { pool, writer } = this.#options;
    const before = performance.now();
    const { seq, upTo } = this.#progress;
    const { rows } = await pool.query<{ id: AttemptId; seq: string; classifier: string | null }>(
      `select id, seq, record #>> '{result,classifier,sha256}' as classifier from attempt
       where superseded_change is null and seq > $1 and seq <= $2 order by seq limit ${BATCH_ROWS}`,
      [seq, upTo],
    );
    const older = rows.filter(({ classifier }) => classifier !== this.#classifier);
    const { revised } = await writer.write(plainBatch(older.map(({ id }) => this.#revisionOf(id))));
    await this.#keep(Number(rows.at(-1)?.seq ?? upTo), revised);
    await this.#rest(Math.max(REST_MIN_MS, REST_FACTOR * (performance.now() - before)));
  }

  #revisionOf(id: AttemptId): Publication {
    const { surroundings } = this.#options;
    return { id, draft: prior => (prior ? recomposeDraft(prior, surroundings) : null) };
  }

  async #keep(seq: number, revised: number): Promise<void> {
    const { upTo, revised: before } = this.#progress;
    this.#progress = { seq, upTo, revised: before + revised };
    await this.#options.pool.query(
      'update reclassification set seq = $2, revised = revised + $3 where classifier = $1',
      [...[this.#classifier, seq, revised]],
    );
  }

  async #rest(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}
