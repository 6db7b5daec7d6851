import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PinataError } from '../../errors.ts';
import type { ExportSubject } from '../../export/subject.ts';
import { Places } from '../places.ts';
import type { WorkerMessage, WorkerOrder } from './export-worker.ts';

export type JobState = 'queued' | 'running' | 'done' | 'failed';

/** A file that somebody ordered. */
export interface ExportJob {
  readonly id: string;
  readonly subject: ExportSubject;
  readonly path: string;
  readonly orderedMs: number;
  state: JobState;
  rows: number;
  bytes: number;
  sha256: string | null;
  /** Why it failed, in a sentence. */
  why: string | null;
  /** When it is removed; null while it is not finished. */
  expiresMs: number | null;
}

export interface JobLimits {
  /** Files that are ordered, written or kept: by one address, and by all. */
  readonly exportJobsPerAddress: number;
  readonly exportJobs: number;
  readonly exportJobBytes: number;
  readonly exportJobKeptMs: number;
}

const ID_BYTES = 16;
const MEMORY_MAX_MB = 512;

/**
 * Files that are written on order, one at a time, and kept for a while: so many, and of such a size, that what they take of the disk is bounded.
 * They are in a folder of their own and end with the process. Whoever knows the id of one may fetch and cancel it, and ids cannot be guessed.
 */
export class ExportJobs {
  readonly #folder: string;
  readonly #url: string;
  readonly #limits: JobLimits;
  readonly #places: Places;
  readonly #jobs = new Map<string, Held>();
  #emptied: Promise<void> | null = null;
  #running: Held | null = null;
  #stopped = false;

  constructor(folder: string, url: string, limits: JobLimits) {
    this.#folder = folder;
    this.#url = url;
    this.#limits = limits;
    this.#places = new Places(limits.exportJobsPerAddress, limits.exportJobs);
  }

  /** Throws OVERLOADED where the address, or all together, have as many as they may. */
  async order(subject: ExportSubject, address: string): Promise<ExportJob> {
    const leave = this.#places.take(address);
    if (!leave) throw new PinataError('OVERLOADED');
    try {
      this.#emptied ??= emptyFolder(this.#folder);
      await this.#emptied;
    } catch (error) {
      this.#emptied = null;
      leave();
      throw error;
    }
    const id = randomBytes(ID_BYTES).toString('hex');
    const job: ExportJob = {
      ...{ id, subject, path: join(this.#folder, id), orderedMs: Date.now(), state: 'queued' },
      ...{ rows: 0, bytes: 0, sha256: null, why: null, expiresMs: null },
    };
    this.#jobs.set(id, { job, leave, worker: null, expiry: null });
    this.#next();
    return job;
  }

  /** Undefined for one that there is not, or not any more. */
  find(id: string): ExportJob | undefined {
    return this.#jobs.get(id)?.job;
  }

  /** Leaves nothing of it. False if there is none. */
  async cancel(id: string): Promise<boolean> {
    const held = this.#jobs.get(id);
    if (!held) return false;
    this.#jobs.delete(id);
    if (held.expiry) clearTimeout(held.expiry);
    await held.worker?.terminate();
    await this.#removeFiles(held.job);
    held.leave();
    return true;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#jobs.keys()].map(id => this.cancel(id)));
    if (this.#emptied) await rm(this.#folder, { recursive: true, force: true });
  }

  #next(): void {
    if (this.#running || this.#stopped) return;
    const held = [...this.#jobs.values()].find(({ job }) => job.state === 'queued');
    if (!held) return;
    this.#running = held;
    held.job.state = 'running';
    const { subject, path } = held.job;
    const order: WorkerOrder = { url: this.#url, subject, path, bytesMax: this.#limits.exportJobBytes };
    const worker = new Worker(new URL('./export-worker.ts', import.meta.url), {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX_MB },
    });
    held.worker = worker;
    worker.on('message', (message: WorkerMessage) => this.#heard(held, message));
    worker.once('error', () => this.#fail(held, 'It could not be written; try again.'));
    worker.once('exit', () => {
      held.worker = null;
      if (held.job.state === 'running') this.#fail(held, 'It could not be written; try again.');
      this.#running = null;
      this.#next();
    });
  }

  #heard(held: Held, message: WorkerMessage): void {
    const { job } = held;
    if (message.kind === 'too_large') {
      this.#fail(held, `It would have more than ${this.#limits.exportJobBytes} bytes; ask for less.`);
      return;
    }
    job.rows = message.rows;
    job.bytes = message.bytes;
    if (message.kind !== 'done') return;
    job.sha256 = message.sha256;
    this.#finish(held, 'done');
  }

  #fail(held: Held, why: string): void {
    if (held.job.state !== 'running') return;
    held.job.why = why;
    this.#finish(held, 'failed');
    void this.#removeFiles(held.job);
  }

  #finish(held: Held, state: 'done' | 'failed'): void {
    const { job } = held;
    job.state = state;
    job.expiresMs = Date.now() + this.#limits.exportJobKeptMs;
    if (!this.#jobs.has(job.id)) return;
    held.expiry = setTimeout(() => void this.cancel(job.id), this.#limits.exportJobKeptMs);
    held.expiry.unref();
  }

  async #removeFiles({ path }: ExportJob): Promise<void> {
    const names = ['', '.part', '.part.log', '.part.d'];
    await Promise.all(names.map(name => rm(`${path}${name}`, { recursive: true, force: true })));
  }
}

interface Held {
  readonly job: ExportJob;
  readonly leave: () => void;
  worker: Worker | null;
  expiry: NodeJS.Timeout | null;
}

/** What a process that was killed left there is nobody's. */
async function emptyFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
}
