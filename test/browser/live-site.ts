import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { RunningApi } from '../../server/src/api/start.ts';
import { bootTarget } from '../../server/src/api/testing/boots.ts';
import { EMPTY_BATCH, makeRecords, publish, type Wanted } from '../../server/src/api/testing/records.ts';
import { startTestApi } from '../../server/src/api/testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from '../../server/src/api/testing/test-database.ts';
import { Claims } from '../../server/src/claims/claims.ts';
import { serveClaims } from '../../server/src/claims/server.ts';
import { readConfig } from '../../server/src/config.ts';
import { eraseAttempt } from '../../server/src/ingest/erasure.ts';
import type { Running } from '../../server/src/process.ts';
import { AttemptWriter } from '../../server/src/store/writer.ts';
import { wordList } from '../../server/src/text-filter/words.ts';
import type { AttemptId } from '../../server/src/wire/ids.ts';
import { ROOT } from '../e2e/installation.ts';

export const MINUTE_US = 60_000_000;
const BEAT_MS = 1_000;

/** The real api and dashboard over a real log, into which the test publishes; without guests, whose attempts it need not wait for. */
export interface LiveSite {
  readonly url: string;
  readonly database: TestDatabase;
  /** Publishes attempts that begin now unless they say otherwise; answers their ids. */
  publish(wanted: readonly Wanted[]): Promise<AttemptId[]>;
  /** The api stops, and starts again where it was. */
  stopApi(): Promise<void>;
  startApi(): Promise<void>;
  /** Whether the gateway and ingest give signs of life. */
  beat(beating: boolean): void;
  stop(): Promise<void>;
}

/** Two targets that were booted an hour ago, and no attempt yet. */
export async function startLiveSite(): Promise<LiveSite> {
  const database = await startTestDatabase();
  const hourAgo = Date.now() * 1000 - 60 * MINUTE_US;
  await bootTarget(database, 'prize', { at: hourAgo });
  await bootTarget(database, 'practice', { at: hourAgo });
  const writer = new AttemptWriter(database.owner.pool);
  let isBeating = true;
  const beatOnce = async (): Promise<void> => {
    const beatUs = Date.now() * 1000;
    const spool = (name: string) => ({ spool: name, epoch: 'e', position: 0, head: 0, beatUs, lost: 0 });
    await writer.write({
      ...EMPTY_BATCH,
      components: ['gateway', 'supervisor', 'ingest'].map(name => ({ name, state: 'up', beatUs, detail: {} })),
      progress: [spool('gateway'), spool('supervisor')],
    });
  };
  await beatOnce();
  let beating: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    if (isBeating) beating = beating.then(beatOnce);
  }, BEAT_MS);
  const data = await mkdtemp(join(tmpdir(), 'pinata-site-'));
  const claims = await claimsOf(database, data);
  const start = (port: string) =>
    startTestApi(database.apiUrl, {
      env: { PINATA_DATA: data, PINATA_HTTP_PORT: port, PINATA_SELF_TEST_S: '86400' },
      dashboard: join(ROOT, 'dashboard/dist'),
    });
  let api: RunningApi | null = await start('0');
  const { url } = api;
  let seed = 1;
  return {
    url,
    database,
    publish: async wanted => {
      seed += 1;
      const records = makeRecords(wanted, seed);
      await publish(database, records);
      return records.map(({ id }) => id);
    },
    stopApi: async () => {
      await api?.stop();
      api = null;
    },
    startApi: async () => {
      api = await start(new URL(url).port);
    },
    beat: on => {
      isBeating = on;
    },
    stop: async () => {
      clearInterval(timer);
      await beating;
      await api?.stop();
      await claims.stop();
      await database.stop();
      await rm(data, { recursive: true });
    },
  };
}

/** The part of ingest that `/me` asks who somebody is. */
function claimsOf({ owner: { pool } }: TestDatabase, data: string): Promise<Running> {
  const tokenKey = randomBytes(32);
  const { layout } = readConfig({ PINATA_DATA: data });
  const claims = new Claims({
    pool,
    tokenKey: () => tokenKey,
    words: wordList([]),
    erase: id => eraseAttempt(pool, id),
  });
  return serveClaims(layout.sockets.claims, claims, pino({ level: 'silent' }));
}
