import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import pg from 'pg';
import { type RunningPostgres, startPostgres } from '../../up/postgres.ts';
import { readPassword, SUPERUSER } from '../../up/postgres-cluster.ts';

/** Names a server whose user may make databases and roles; the suites then run on it. */
const URL_VARIABLE = 'PINATA_TEST_DATABASE_URL';
/** Whom PostgreSQL runs as when the tests run as root, whom it refuses. */
const TEST_UID = 64_999;
const READER_PASSWORD = 'reader-of-a-test';

/** An empty database of a test's own. */
export interface TestDatabase {
  /** As its owner. */
  readonly url: string;
  /** As `pinata_api`, which has no rights yet. */
  readonly apiUrl: string;
}

/** The server that the tests of one file share. Called at the top of a test file; ends after its last test. */
export function useTestServer(): { freshDatabase(): Promise<TestDatabase> } {
  const names: string[] = [];
  let started: Promise<TestServer> | null = null;
  after(async () => {
    const server = await started;
    for (const name of server ? names : []) {
      await asAdmin(server?.url ?? '', admin => admin.query(`drop database ${name} with (force)`));
    }
    await server?.stop();
  });
  return {
    freshDatabase: async () => {
      started ??= findServer();
      const { url } = await started;
      const name = `test_${process.pid}_${names.length}`;
      names.push(name);
      return makeDatabase(url, name);
    },
  };
}

/** True where the tests were given a server, which they may not kill. */
export function isServerGiven(): boolean {
  return Boolean(process.env[URL_VARIABLE]);
}

/** A PostgreSQL of one test's own, in a folder of its own. */
export interface OwnPostgres {
  readonly folder: string;
  /** Starts it, again on the same folder and port after it was killed. */
  start(): Promise<RunningPostgres>;
}

/** Prepares a PostgreSQL that a test may kill. */
export function ownPostgres(t: TestContext): OwnPostgres {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-postgres-'));
  let running: RunningPostgres | null = null;
  t.after(async () => {
    await running?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    start: async () => {
      running = await startPostgres({ folder, port: running?.port, uid: testUid() });
      return running;
    },
  };
}

interface TestServer {
  /** As a user who may make databases. */
  url: string;
  stop(): Promise<void>;
}

async function findServer(): Promise<TestServer> {
  const given = process.env[URL_VARIABLE];
  if (given) return { url: given, stop: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'pinata-postgres-'));
  const uid = testUid();
  const postgres = await startPostgres({ folder, uid });
  const url = new URL(postgres.url);
  url.username = SUPERUSER;
  url.password = await readPassword(folder, SUPERUSER, uid === undefined ? null : { uid, gid: uid });
  url.pathname = '/postgres';
  return {
    url: url.href,
    stop: async () => {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function testUid(): number | undefined {
  return process.getuid?.() === 0 ? TEST_UID : undefined;
}

async function makeDatabase(server: string, name: string): Promise<TestDatabase> {
  await asAdmin(server, async admin => {
    await admin.query(`create database ${name}`);
    const { rowCount } = await admin.query(`select from pg_roles where rolname = 'pinata_api'`);
    const verb = rowCount ? 'alter' : 'create';
    await admin.query(`${verb} role pinata_api login password '${READER_PASSWORD}'`);
  });
  const url = new URL(server);
  url.pathname = `/${name}`;
  const apiUrl = new URL(url);
  apiUrl.username = 'pinata_api';
  apiUrl.password = READER_PASSWORD;
  return { url: url.href, apiUrl: apiUrl.href };
}

async function asAdmin(url: string, work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
