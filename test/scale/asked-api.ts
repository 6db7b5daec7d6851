import pino from 'pino';
import { buildApp } from '../../server/src/api/app.ts';
import type { App } from '../../server/src/api/context.ts';
import { openDashboard } from '../../server/src/api/dashboard.ts';
import { type Database, openDatabase } from '../../server/src/api/database.ts';
import { ExportJobs } from '../../server/src/api/exports/export-jobs.ts';
import { LIMITS } from '../../server/src/api/limits.ts';
import { Feed } from '../../server/src/api/live/feed.ts';
import { Hub } from '../../server/src/api/live/hub.ts';
import { readConfig } from '../../server/src/config.ts';

/** A statement that the api asked its database. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly statements: readonly Statement[];
  readonly milliseconds: number;
}

/** The api's own routes over a database, which tell what they asked it. One question at a time. */
export interface AskedApi {
  readonly database: Database;
  ask(path: string): Promise<Answer>;
  /** Forgets what routes keep for a while, so that the next question goes to the database. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

const CONNECTIONS = 4;

/** Assembles it. `url` is for the api's read-only role. */
export async function askedApi(url: string): Promise<AskedApi> {
  const log = pino({ level: 'silent' });
  const config = readConfig({ PINATA_API_DATABASE_URL: url });
  const database = openDatabase(url, CONNECTIONS, log);
  let statements: Statement[] = [];
  const recording: Database = {
    query: (text, values = []) => {
      statements.push({ text, values });
      return database.query(text, values);
    },
    stop: () => database.stop(),
  };
  const assemble = async (): Promise<App> => {
    const feed = new Feed(recording, config);
    const limits = { ...LIMITS, requestsPerMinute: 1_000_000 };
    const dashboard = await openDashboard('/nonexistent', log);
    const hub = new Hub(feed, log, limits);
    const exports = new ExportJobs('/nonexistent', url, limits);
    return buildApp({ config, database: recording, feed, hub, limits, dashboard, exports }, log);
  };
  const address = (app: App) => app.listen({ host: '127.0.0.1', port: 0 });
  let app = await assemble();
  let origin = await address(app);
  return {
    database,
    ask: async path => {
      statements = [];
      const before = performance.now();
      const response = await fetch(origin + path);
      const body = await response.text();
      return { status: response.status, body, statements, milliseconds: performance.now() - before };
    },
    forget: async () => {
      await app.close();
      app = await assemble();
      origin = await address(app);
    },
    stop: async () => {
      await app.close();
      await database.stop();
    },
  };
}
