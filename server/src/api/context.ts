import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Config } from '../config.ts';
import type { Queryable } from '../export/attempt-pages.ts';
import type { Dashboard } from './dashboard.ts';
import type { ExportJobs } from './exports/export-jobs.ts';
import type { Limits } from './limits.ts';
import type { Feed } from './live/feed.ts';
import type { Hub } from './live/hub.ts';

/** The server, with routes whose schemas are their types. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What routes work with. */
export interface ApiContext {
  readonly config: Config;
  readonly database: Queryable;
  readonly feed: Feed;
  readonly hub: Hub;
  readonly limits: Limits;
  readonly dashboard: Dashboard;
  readonly exports: ExportJobs;
}
