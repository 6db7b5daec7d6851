import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config, Settings } from '../config.ts';
import { PinataError } from '../errors.ts';
import type { Running } from '../process.ts';
import { readSpool, type SpoolReader } from '../spool/reader.ts';
import { readKnownBoots } from '../store/boots.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { readProgress } from '../store/log-tables.ts';
import { ensurePartitions } from '../store/partitions.ts';
import { inTransaction } from '../store/transaction.ts';
import { AttemptWriter } from '../store/writer.ts';
import { readTerms } from '../trust/terms.ts';
import { TokenKeys } from '../trust/token-keys.ts';
import { nowMicros } from '../wire/ids.ts';
import { Assembler } from './assembler.ts';
import { BootBook } from './boot-book.ts';
import type { Surroundings } from './compose.ts';
import { serveControl } from './control.ts';
import { openCountries } from './country.ts';
import type { SpoolName } from './pending-attempt.ts';
import { Pipeline } from './pipeline.ts';
import { prepareDatabase } from './prepare-database.ts';
import { Quarantine } from './quarantine.ts';
import { recentCampaigns } from './recent-campaigns.ts';
import { Reclassification } from './reclassification.ts';

const HOUSEKEEPING_MS = 600_000;
const SPOOLS = ['gateway', 'supervisor'] as const;

/** Starts ingest: brings the database up to date, then follows both spools until it is stopped. */
export async function startIngest(config: Config, log: Logger): Promise<Running> {
  const url = config.settings.PINATA_DATABASE_URL;
  if (!url) throw new PinataError('CONFIG_INVALID', { name: 'PINATA_DATABASE_URL', why: 'ingest needs it' });
  const database = openDatabase(url, { name: 'pinata-ingest' });
  try {
    await prepareDatabase(database, log);
    const following = await follow(config, database, log);
    return {
      stop: async () => {
        await following.stop();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function follow({ settings, layout }: Config, database: Database, log: Logger): Promise<Running> {
  const tokenKeys = new TokenKeys(join(layout.ingest, 'token-keys'));
  const boots = new BootBook(await readKnownBoots(database.prisma));
  const assembler = new Assembler(boots, await readProgress(database.pool));
  const readers = new Map<SpoolName, SpoolReader>();
  const writer = new AttemptWriter(database.pool);
  const surroundings: Surroundings = {
    siteId: settings.PINATA_SITE,
    roundId: settings.PINATA_ROUND,
    termsSha256: readTerms().sha256,
    ownNames: ownNames(settings),
    campaigns: await recentCampaigns(database.pool),
    boots,
    countries: openCountries(settings.PINATA_GEO_DB),
    tokenKey: unixMs => tokenKeys.keyOf(unixMs, Date.now()),
    lost: () => assembler.lost,
  };
  const reclassification = new Reclassification({ pool: database.pool, writer, surroundings, log });
  const pipeline = new Pipeline({
    assembler,
    writer,
    applyBoots: database.prisma,
    quarantine: new Quarantine(join(layout.ingest, 'quarantine')),
    surroundings,
    log,
    acknowledge: (spool, offset) => readers.get(spool)?.ack(offset),
  });
  pipeline.start();
  reclassification.start();
  const paths = { gateway: layout.sockets.gatewaySpool, supervisor: layout.sockets.supervisorSpool };
  for (const spool of SPOOLS) readers.set(spool, readInto(pipeline, assembler, spool, paths[spool]));
  const housekeeping = setInterval(() => void keepHouse(database, tokenKeys, log), HOUSEKEEPING_MS);
  const control = await serveControl(layout.sockets.ingestControl, {
    status: () => statusOf(pipeline, assembler, reclassification),
    reclassify: () => {
      reclassification.start();
      return reclassification.state;
    },
  });
  return {
    stop: async () => {
      clearInterval(housekeeping);
      for (const reader of readers.values()) reader.stop();
      await reclassification.stop();
      await pipeline.stop();
      await control.stop();
    },
  };
}

/** The names under which people know this installation, where they are names. */
function ownNames({ PINATA_ATTACK_HOST, PINATA_PUBLIC_URL }: Settings): string[] {
  const site = URL.canParse(PINATA_PUBLIC_URL) ? [new URL(PINATA_PUBLIC_URL).hostname] : [];
  return [PINATA_ATTACK_HOST, ...site].map(name => name.toLowerCase());
}

function readInto(pipeline: Pipeline, assembler: Assembler, spool: SpoolName, socketPath: string): SpoolReader {
  const { epoch, next } = assembler.cursor(spool);
  return readSpool({
    socketPath,
    from: epoch === null ? null : { epoch, offset: next },
    onStart: start => assembler.start(spool, start),
    onFacts: facts => pipeline.take(spool, facts),
    onState: connected => pipeline.setConnected(spool, connected),
  });
}

async function keepHouse({ pool }: Database, tokenKeys: TokenKeys, log: Logger): Promise<void> {
  try {
    const destroyed = tokenKeys.destroyOld(Date.now());
    const made = await inTransaction(pool, client => ensurePartitions(client, Date.now()));
    log.info({ destroyed, made }, 'housekeeping');
  } catch (error) {
    log.error({ err: error }, 'housekeeping failed');
  }
}

/** What `GET /status` answers: counters, and for each spool how far it is read and how far behind that is. */
function statusOf(pipeline: Pipeline, assembler: Assembler, reclassification: Reclassification): unknown {
  const now = nowMicros();
  const spools = SPOOLS.map(name => {
    const { epoch, next, time, lost } = assembler.cursor(name);
    const lagUs = time === 0 ? null : Math.max(0, now - time);
    return [name, { connected: pipeline.connected(name), epoch, offset: next, beatUs: time, lagUs, lost }];
  });
  return { ...pipeline.counters, reclassification: reclassification.state, spools: Object.fromEntries(spools) };
}
