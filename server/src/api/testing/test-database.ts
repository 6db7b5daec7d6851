import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { prepareDatabase } from '../../ingest/prepare-database.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { type RunningPostgres, startPostgres } from '../../up/postgres.ts';

const SERVICE_UID = 64_190;

/** A PostgreSQL of its own with all tables, as ingest leaves it. */
export interface TestDatabase {
  /** As its owner. */
  readonly owner: Database;
  readonly ownerUrl: string;
  /** For the api's read-only role. */
  readonly apiUrl: string;
  /** Kills it without warning. */
  crash(): Promise<void>;
  /** Starts it again where it was. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it in a temp folder, which `stop` removes. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-api-'));
  await chmod(folder, 0o755);
  const launch = (port?: number): Promise<RunningPostgres> =>
    startPostgres({
      folder: join(folder, 'postgres'),
      uid: process.getuid?.() === 0 ? SERVICE_UID : undefined,
      ...(port !== undefined && { port }),
    });
  let server = await launch();
  const owner = openDatabase(server.url);
  await prepareDatabase(owner, pino({ level: 'silent' }));
  return {
    owner,
    ownerUrl: server.url,
    apiUrl: server.apiUrl,
    crash: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.ended;
    },
    restart: async () => {
      server = await launch(server.port);
    },
    stop: async () => {
      await owner.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
