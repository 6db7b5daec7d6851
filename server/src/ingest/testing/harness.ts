import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { CampaignWindow } from '../../classify/campaign/campaign-window.ts';
import { readKnownBoots } from '../../store/boots.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { readProgress } from '../../store/log-tables.ts';
import { AttemptWriter } from '../../store/writer.ts';
import { until as untilNamed } from '../../testing/until.ts';
import type { Fact } from '../../wire/facts.ts';
import { Assembler, type FactAt } from '../assembler.ts';
import { BootBook } from '../boot-book.ts';
import type { Surroundings } from '../compose.ts';
import { Pipeline, type PipelineOptions } from '../pipeline.ts';
import { prepareDatabase } from '../prepare-database.ts';
import { Quarantine } from '../quarantine.ts';
import { recentCampaigns } from '../recent-campaigns.ts';

/** A log that nobody reads. */
export const SILENT = pino({ level: 'silent' });

/** A spool in memory: each fact takes as many bytes as its JSON. */
export class MemorySpool {
  readonly epoch: string;
  readonly #facts: FactAt[] = [];
  #end = 0;
  acked = 0;

  constructor(epoch: string) {
    this.epoch = epoch;
  }

  append(...facts: readonly Fact[]): void {
    for (const fact of facts) {
      const next = this.#end + JSON.stringify(fact).length;
      this.#facts.push({ fact, at: this.#end, next });
      this.#end = next;
    }
  }

  from(offset: number): FactAt[] {
    return this.#facts.filter(({ at }) => at >= offset);
  }

  get end(): number {
    return this.#end;
  }
}

/** Of one gateway and the supervisor. */
export type MemorySpools = Record<'gateway' | 'supervisor', MemorySpool>;

export function memorySpools(): MemorySpools {
  return { gateway: new MemorySpool('g'), supervisor: new MemorySpool('s') };
}

/** What of ingest stands between spools and database, without its sockets. */
export interface TestIngest {
  readonly assembler: Assembler;
  readonly pipeline: Pipeline;
  /** Folder of what could not be stored. */
  readonly quarantine: string;
  /** Hands on what the spools have beyond what was taken, at most `max` facts of each. */
  read(max?: Record<keyof MemorySpools, number>): Promise<void>;
}

/** Opens and prepares a database for a test. */
export async function preparedDatabase(t: TestContext, url: string): Promise<Database> {
  const database = openDatabase(url);
  t.after(() => database.close());
  await prepareDatabase(database, SILENT);
  return database;
}

export function surroundings(boots: BootBook, lost: () => number): Surroundings {
  return {
    siteId: 'test',
    roundId: 'test-round',
    termsSha256: '00'.repeat(32),
    ownNames: [],
    campaigns: new CampaignWindow(),
    boots,
    countries: { database: null, of: () => 'ZZ' },
    tokenKey: () => new Uint8Array(32),
    lost,
  };
}

/** Starts ingest on spools, going on where the database says. It is not running: `pipeline.start()` does that. */
export async function ingestOn(
  t: { after(end: () => void): void },
  database: Database,
  spools: MemorySpools,
  options: Pick<Partial<PipelineOptions>, 'monotonicMs' | 'writer' | 'backlog'> = {},
): Promise<TestIngest> {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-ingest-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const boots = new BootBook(await readKnownBoots(database.prisma));
  const assembler = new Assembler(boots, await readProgress(database.pool));
  const pipeline = new Pipeline({
    assembler,
    writer: new AttemptWriter(database.pool),
    applyBoots: database.prisma,
    quarantine: new Quarantine(folder),
    surroundings: {
      ...surroundings(boots, () => assembler.lost),
      campaigns: await recentCampaigns(database.pool),
    },
    log: SILENT,
    acknowledge: (spool, offset) => {
      const memory = spools[spool === 'supervisor' ? spool : 'gateway'];
      memory.acked = Math.max(memory.acked, offset);
    },
    ...options,
  });
  for (const spool of ['gateway', 'supervisor'] as const) {
    const { next } = assembler.cursor(spool);
    assembler.start(spool, { epoch: spools[spool].epoch, from: next, lost: false });
    pipeline.setConnected(spool, true);
  }
  return {
    assembler,
    pipeline,
    quarantine: folder,
    read: async max => {
      for (const spool of ['gateway', 'supervisor'] as const) {
        const facts = spools[spool].from(assembler.cursor(spool).next);
        await pipeline.take(spool, facts.slice(0, max?.[spool]));
      }
    },
  };
}

const DEADLINE_MS = 20_000;

/** Waits until `condition` holds; fails after a deadline that says what was waited for. */
export function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  return untilNamed(what, condition, DEADLINE_MS);
}
