import { join } from 'node:path';
import type { Logger } from 'pino';
import { startOrganisers } from '../admin/start.ts';
import { Claims } from '../claims/claims.ts';
import { serveClaims } from '../claims/server.ts';
import type { Config, Layout, Settings } from '../config.ts';
import { PinataError } from '../errors.ts';
import type { Running } from '../process.ts';
import { readSpool, type SpoolReader } from '../spool/reader.ts';
import { readKnownBoots } from '../store/boots.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { readEvidence } from '../store/evidence.ts';
import { readProgress } from '../store/log-tables.ts';
import { keepPartitions } from '../store/partitions.ts';
import type { SpoolProgress } from '../store/publication.ts';
import { AttemptWriter } from '../store/writer.ts';
import { readWordList } from '../text-filter/words.ts';
import { readTerms } from '../trust/terms.ts';
import { TokenKeys } from '../trust/token-keys.ts';
import { isUuidV7, nowMicros } from '../wire/ids.ts';
import type { SpoolName } from '../wire/spools.ts';
import { Assembler } from './assembler.ts';
import { BootBook } from './boot-book.ts';
import type { Surroundings } from './compose.ts';
import { serveControl } from './control.ts';
import { openCountries } from './country.ts';
import { eraseAttempt } from './erasure.ts';
import { forgetAddresses } from './forgetting.ts';
import { Pipeline } from './pipeline.ts';
import { prepareDatabase } from './prepare-database.ts';
import { Quarantine } from './quarantine.ts';
import { recentCampaigns } from './recent-campaigns.ts';
import { Reclassification } from './reclassification.ts';
import { SecretPublication } from './secret-publication.ts';

const HOUSEKEEPING_MS = 600_000;

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

async function follow(config: Config, database: Database, log: Logger): Promise<Running> {
  const { settings, layout } = config;
  const tokenKeys = new TokenKeys(join(layout.ingest, 'token-keys'));
  const tokenKey = (unixMs: number) => tokenKeys.keyOf(unixMs, Date.now());
  const quarantine = join(layout.ingest, 'quarantine');
  const boots = new BootBook(await readKnownBoots(database.prisma));
  const stored = await readProgress(database.pool);
  const gateways = gatewaysToFollow(settings, layout, stored);
  const names = gateways.map(({ name }) => name);
  const assembler = new Assembler(boots, stored, names);
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
    tokenKey,
    lost: () => assembler.lost,
  };
  const reclassification = new Reclassification({ pool: database.pool, writer, surroundings, log });
  const pipeline = new Pipeline({
    assembler,
    writer,
    applyBoots: database.prisma,
    quarantine: new Quarantine(quarantine),
    surroundings,
    log,
    acknowledge: (spool, offset) => readers.get(spool)?.ack(offset),
  });
  pipeline.start();
  reclassification.start();
  const secrets = new SecretPublication({ pool: database.pool, times: () => assembler.legTimes, log });
  const supervisor = { name: 'supervisor', socket: layout.sockets.supervisorSpool } as const;
  for (const { name, socket } of [...gateways, supervisor])
    readers.set(name, readInto(pipeline, assembler, name, socket));
  const { PINATA_KEEP_DAYS: keepDays, PINATA_ADDRESS_DAYS: addressDays } = settings;
  const house = { database, tokenKeys, quarantine, keepDays, addressDays, log };
  let keeping = keepHouse(house);
  const housekeeping = setInterval(() => {
    keeping = keeping.then(() => keepHouse(house));
  }, HOUSEKEEPING_MS);
  const control = await serveControl(layout.sockets.ingestControl, {
    status: () => statusOf(pipeline, assembler, reclassification),
    reclassify: () => {
      reclassification.start();
      return reclassification.state;
    },
    evidence: async id => ({ evidence: isUuidV7(id) ? await readEvidence(database.pool, id) : null }),
  });
  const claims = await serveClaims(
    layout.sockets.claims,
    new Claims({
      pool: database.pool,
      tokenKey,
      words: readWordList(),
      erase: id => eraseAttempt(database.pool, id),
    }),
    log,
  );
  const organisers = await startOrganisers(config, {
    pool: database.pool,
    gatewayTime: () => assembler.gatewayTime,
    log,
  });
  return {
    stop: async () => {
      clearInterval(housekeeping);
      await keeping;
      for (const reader of readers.values()) reader.stop();
      await reclassification.stop();
      await secrets.stop();
      await pipeline.stop();
      await control.stop();
      await claims.stop();
      await organisers.stop();
    },
  };
}

/** Those that run, and those that ran before: the first gateway goes on serving what they left. */
function gatewaysToFollow({ PINATA_GATEWAY_PROCESSES }: Settings, layout: Layout, stored: readonly SpoolProgress[]) {
  const before = new Set(stored.map(({ spool }) => spool));
  return layout.gateways.filter(({ name }, index) => index < PINATA_GATEWAY_PROCESSES || before.has(name));
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

interface House {
  readonly database: Database;
  readonly tokenKeys: TokenKeys;
  /** Folder of what could not be stored. */
  readonly quarantine: string;
  readonly keepDays: number;
  readonly addressDays: number;
  readonly log: Logger;
}

/** At start and every now and then, so that a midnight that was missed is made up for. */
async function keepHouse({ database, tokenKeys, quarantine, keepDays, addressDays, log }: House): Promise<void> {
  try {
    const destroyed = tokenKeys.destroyOld(Date.now());
    const { pool } = database;
    const forgotten = await forgetAddresses({ pool, quarantine }, Date.now(), addressDays);
    const partitions = await keepPartitions(pool, Date.now(), keepDays);
    log.info({ destroyed, forgotten, partitions }, 'housekeeping');
  } catch (error) {
    log.error({ err: error }, 'housekeeping failed');
  }
}

/** What `GET /status` answers: counters, and for each spool how far it is read and how far behind that is. */
function statusOf(pipeline: Pipeline, assembler: Assembler, reclassification: Reclassification): unknown {
  const now = nowMicros();
  const spools = assembler.spools.map(name => {
    const { epoch, next, time, lost } = assembler.cursor(name);
    const lagUs = time === 0 ? null : Math.max(0, now - time);
    return [name, { connected: pipeline.connected(name), epoch, offset: next, beatUs: time, lagUs, lost }];
  });
  return { ...pipeline.counters, reclassification: reclassification.state, spools: Object.fromEntries(spools) };
}
