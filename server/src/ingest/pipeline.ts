import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { sayAlarm } from '../alarm/say.ts';
import { applyBootFacts } from '../store/boots.ts';
import type { Database } from '../store/database.ts';
import type { Batch, ComponentBeat } from '../store/publication.ts';
import type { AttemptWriter, Written } from '../store/writer.ts';
import { nowMicros } from '../wire/ids.ts';
import { isGatewayName, type SpoolName } from '../wire/spools.ts';
import { type Assembler, emptyHarvest, type FactAt, type Harvest } from './assembler.ts';
import type { Surroundings } from './compose.ts';
import { makeBatch, plainBatch } from './make-batch.ts';
import { isHopeless, type Quarantine } from './quarantine.ts';

/** Attempts in one transaction: large enough to be cheap, small enough to be retried. */
const BATCH_ATTEMPTS = 500;
const BATCH_BYTES = 16 << 20;
/** A batch gathers this long before it is written. */
const GATHER_MS = 20;
/** Written at least this often: beats, and what becomes due by time alone. */
const IDLE_MS = 1000;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5000;
/** A feed waits while this much of it waits for the other one, or for the store. */
const BACKLOG = { attempts: 20_000, bytes: 96 << 20 };
/** A supervisor whose spool has not answered for this long holds nobody up any more. */
const SUPERVISOR_GONE_MS = 30_000;

export interface PipelineOptions {
  assembler: Assembler;
  writer: Pick<AttemptWriter, 'write'>;
  applyBoots: Database['prisma'];
  quarantine: Quarantine;
  surroundings: Surroundings;
  log: Logger;
  /** Called once what lies below `offset` is in the store. */
  acknowledge(spool: SpoolName, offset: number): void;
  /** How much of a feed may wait before it is stopped. */
  backlog?: { attempts: number; bytes: number };
  /** A clock that never jumps, in milliseconds. */
  monotonicMs?: () => number;
}

type PlainBatch = Omit<Batch, 'components'>;

/** What the status socket shows. */
export interface PipelineCounters {
  published: number;
  revised: number;
  unchanged: number;
  withoutOpening: number;
  waiting: number;
  alarms: number;
  failures: number;
  quarantined: number;
  storeReachable: boolean;
}

/** Moves facts from the spools into the store: one batch at a time, for ever again until each is written. */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #now: () => number;
  readonly #backlog: { attempts: number; bytes: number };
  readonly #connected = new Set<SpoolName>();
  readonly #counters = {
    published: 0,
    revised: 0,
    unchanged: 0,
    alarms: 0,
    failures: 0,
    quarantined: 0,
    storeReachable: true,
  };
  readonly #stopping = new AbortController();
  #supervisorSince: number;
  /** Facts came that no harvest has seen yet. */
  #hasNews = false;
  #wake: () => void = () => {};
  #written: Promise<void>;
  #sayWritten: () => void = () => {};
  #running: Promise<void> | null = null;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#now = options.monotonicMs ?? (() => performance.now());
    this.#backlog = options.backlog ?? BACKLOG;
    this.#supervisorSince = this.#now();
    this.#written = this.#nextWrite();
  }

  get counters(): PipelineCounters {
    const { waiting, withoutOpening } = this.#options.assembler;
    return { ...this.#counters, waiting, withoutOpening };
  }

  connected(spool: SpoolName): boolean {
    return this.#connected.has(spool);
  }

  /** Takes facts of a spool. The promise is kept once there is room for more. */
  async take(spool: SpoolName, facts: readonly FactAt[]): Promise<void> {
    const { assembler } = this.#options;
    for (const fact of facts) assembler.take(spool, fact);
    this.#hasNews = true;
    this.#wake();
    while (!this.#stopping.signal.aborted && this.#isFull(spool)) await this.#written;
  }

  /** A spool's connection came or went. */
  setConnected(spool: SpoolName, connected: boolean): void {
    if (connected) this.#connected.add(spool);
    else this.#connected.delete(spool);
    if (spool === 'supervisor') this.#supervisorSince = this.#now();
    this.#options.log[connected ? 'info' : 'warn']({ spool, connected }, 'spool');
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after the batch in hand, which is abandoned if the store does not answer: the spools still have it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    this.#sayWritten();
    await this.#running;
  }

  /** Writes what is ready, in as many batches as it takes. */
  async flush(): Promise<void> {
    const { assembler, surroundings } = this.#options;
    this.#hasNews = false;
    const gone = !this.#connected.has('supervisor') && this.#now() - this.#supervisorSince >= SUPERVISOR_GONE_MS;
    assembler.supervisorGone(gone);
    let writing = Promise.resolve();
    let full = true;
    while (full && !this.#stopping.signal.aborted) {
      const harvest = assembler.harvest(BATCH_ATTEMPTS, BATCH_BYTES);
      const batch = makeBatch(harvest, surroundings);
      full = harvest.isFull;
      await writing;
      writing = this.#untilWritten(harvest, batch);
    }
    await writing;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#news();
      await this.flush();
    }
  }

  /** Waits for facts and then a little for more, or until it is time for a sign of life. */
  async #news(): Promise<void> {
    const { signal } = this.#stopping;
    const news = new Promise<void>(resolve => {
      this.#wake = resolve;
    });
    if (this.#hasNews) this.#wake();
    const idle = new AbortController();
    await Promise.race([news, pause(IDLE_MS, AbortSignal.any([signal, idle.signal]))]);
    idle.abort();
    await pause(GATHER_MS, signal);
  }

  async #untilWritten(harvest: Harvest, batch: PlainBatch): Promise<void> {
    const { log, acknowledge, applyBoots, writer } = this.#options;
    let wait = RETRY_MIN_MS;
    let publications = batch.publications;
    let hopeless = false;
    while (!this.#stopping.signal.aborted) {
      try {
        await applyBootFacts(applyBoots, harvest.boots);
        if (hopeless) {
          await this.#writeOneByOne(harvest);
          publications = [];
        }
        this.#count(await writer.write({ ...batch, publications, components: this.#components() }));
        for (const { spool, position } of harvest.progress) if (isSpool(spool)) acknowledge(spool, position);
        this.#sayWritten();
        return;
      } catch (error) {
        this.#counters.failures += 1;
        hopeless = isHopeless(error);
        if (this.#counters.storeReachable) log.error({ err: error }, 'the store does not take a batch; trying again');
        this.#counters.storeReachable = hopeless;
        await pause(wait, this.#stopping.signal);
        wait = Math.min(wait * 2, RETRY_MAX_MS);
      }
    }
  }

  /** Writes attempts alone, so that those which cannot be written stand out, and sets these aside. */
  async #writeOneByOne({ attempts }: Harvest): Promise<void> {
    const { surroundings, writer, quarantine, log } = this.#options;
    const { publications } = makeBatch({ ...emptyHarvest(), attempts }, surroundings);
    for (const [index, publication] of publications.entries()) {
      const facts = attempts[index]?.facts;
      try {
        this.#count(await writer.write(plainBatch([publication])));
      } catch (error) {
        if (!isHopeless(error) || !facts) throw error;
        log.fatal({ err: error, attemptId: publication.id }, 'an attempt cannot be stored and was set aside');
        await quarantine.keep(facts, error);
        this.#counters.quarantined += 1;
      }
    }
  }

  #components(): ComponentBeat[] {
    const { assembler } = this.#options;
    const owner = (spool: SpoolName): ComponentBeat => ({
      name: spool,
      state: this.#connected.has(spool) ? 'up' : 'unreachable',
      beatUs: assembler.cursor(spool).time,
      detail: { lost: assembler.cursor(spool).lost },
    });
    const { published, revised } = this.#counters;
    const own: ComponentBeat = {
      name: 'ingest',
      state: 'up',
      beatUs: nowMicros(),
      detail: { waiting: assembler.waiting, published, revised },
    };
    // Before the first fact there is nothing to tell of a spool's owner that the store does not know better.
    return [own, ...assembler.spools.map(owner).filter(({ beatUs }) => beatUs > 0)];
  }

  #count({ published, revised, unchanged, alarms }: Written): void {
    this.#counters.published += published;
    this.#counters.revised += revised;
    this.#counters.unchanged += unchanged;
    this.#counters.alarms += alarms.length;
    if (!this.#counters.storeReachable) this.#options.log.info('the store takes batches again');
    this.#counters.storeReachable = true;
    for (const alarm of alarms) sayAlarm(this.#options.log, alarm);
  }

  /**
   * The feed that is ahead waits for the other one. The one behind may go on, unless it is the store that holds everything up: both
   * waiting for each other would be for ever.
   */
  #isFull(spool: SpoolName): boolean {
    const { assembler } = this.#options;
    const { attempts, bytes } = assembler.backlog(spool);
    if (attempts <= this.#backlog.attempts && bytes <= this.#backlog.bytes) return false;
    const otherTime = spool === 'supervisor' ? assembler.gatewayTime : assembler.cursor('supervisor').time;
    const isBehind = assembler.cursor(spool).time < otherTime;
    return !(isBehind && this.#counters.storeReachable);
  }

  #nextWrite(): Promise<void> {
    return new Promise(resolve => {
      this.#sayWritten = () => {
        this.#written = this.#nextWrite();
        resolve();
      };
    });
  }
}

function isSpool(name: string): name is SpoolName {
  return name === 'supervisor' || isGatewayName(name);
}

/** A pause that ends early, without an error, when the signal comes. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
