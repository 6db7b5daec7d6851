import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Config, HOME } from '../config.ts';
import { PinataError } from '../errors.ts';
import type { Running } from '../process.ts';
import { buildApp } from './app.ts';
import { openDashboard } from './dashboard.ts';
import { openDatabase } from './database.ts';
import { ExportJobs } from './exports/export-jobs.ts';
import { LIMITS, type Limits } from './limits.ts';
import { Feed } from './live/feed.ts';
import { Hub } from './live/hub.ts';

const CONNECTIONS = 8;
/** Of its own, so that costly questions cannot silence the live page and the status. */
const FEED_CONNECTIONS = 2;
/** Answers that are being sent may finish within this time. */
const STOP_GRACE_MS = 2_000;

export interface ApiOptions {
  readonly limits?: Limits;
  /** Folder of the built dashboard. */
  readonly dashboard?: string;
  /** Folder that ordered files are in; it is this process's alone. */
  readonly exports?: string;
}

/** The running api, and where it listens. */
export interface RunningApi extends Running {
  readonly url: string;
}

/**
 * Starts the public listener. The database may be down: then data routes say so until it is back. Throws PORT_IN_USE, and
 * CONFIG_INVALID without a database URL.
 */
export async function start(config: Config, log: Logger, options: ApiOptions = {}): Promise<RunningApi> {
  const { settings } = config;
  if (settings.PINATA_API_DATABASE_URL === '') {
    throw new PinataError('CONFIG_INVALID', {
      name: 'PINATA_API_DATABASE_URL',
      why: 'the api needs a database; ./pinata up gives it the embedded one',
    });
  }
  const { limits = LIMITS, dashboard: folder = join(HOME, 'dashboard/dist') } = options;
  const database = openDatabase(settings.PINATA_API_DATABASE_URL, CONNECTIONS, log);
  const feedDatabase = openDatabase(settings.PINATA_API_DATABASE_URL, FEED_CONNECTIONS, log);
  const feed = new Feed(feedDatabase, config);
  const hub = new Hub(feed, log, limits);
  const dashboard = await openDashboard(folder, log);
  const exports = new ExportJobs(
    options.exports ?? join(config.layout.api, 'exports'),
    settings.PINATA_API_DATABASE_URL,
    limits,
  );
  const app = await buildApp({ config, database, feed, hub, limits, dashboard, exports }, log);
  const stop = async () => {
    // Browsers hold connections open that have asked nothing yet: neither busy nor, for Node, idle.
    const late = setTimeout(() => app.server.closeAllConnections(), STOP_GRACE_MS);
    await app.close();
    await exports.stop();
    clearTimeout(late);
    await Promise.all([database.stop(), feedDatabase.stop()]);
  };
  try {
    await hub.start();
    const url = await app.listen({ host: settings.PINATA_HOST, port: settings.PINATA_HTTP_PORT });
    return { url, stop };
  } catch (error) {
    await stop();
    throw isPortInUse(error) ? portInUse(config) : error;
  }
}

function isPortInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function portInUse({ settings }: Config): PinataError {
  return new PinataError('PORT_IN_USE', {
    port: settings.PINATA_HTTP_PORT,
    host: settings.PINATA_HOST,
    what: 'dashboard and API',
    variable: 'PINATA_HTTP_PORT',
  });
}
