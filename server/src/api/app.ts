import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { PinataError } from '../errors.ts';
import { refuseUnknownParameters } from './closed-queries.ts';
import type { ApiContext, App } from './context.ts';
import { registerOpenApi } from './plugins/openapi.ts';
import { registerPressure } from './plugins/pressure.ts';
import { registerRateLimit } from './plugins/rate-limit.ts';
import { openToOtherOrigins, registerSecurityHeaders } from './plugins/security-headers.ts';
import { registerProblems, sendProblem } from './problem.ts';
import { attemptRoutes } from './routes/attempt.ts';
import { attemptsRoute } from './routes/attempts.ts';
import { bootRoutes } from './routes/boots.ts';
import { classRoutes } from './routes/classes.ts';
import { docsRoutes } from './routes/docs.ts';
import { liveRoutes } from './routes/live.ts';
import { pageRoutes } from './routes/pages.ts';
import { schemaRoutes } from './routes/schemas.ts';
import { statsRoutes } from './routes/stats.ts';
import { statusRoutes } from './routes/status.ts';
import { targetRoutes } from './routes/targets.ts';
import { wellKnownRoutes } from './routes/well-known.ts';
import { publicUrl } from './target-view.ts';
import { trustedProxies } from './trusted-proxies.ts';

const API_VERSION = '1';
/** Nothing here takes a body. */
const BODY_MAX_BYTES = 1024;
/** For a request to arrive; Fastify's default is for ever. */
const REQUEST_TIMEOUT_MS = 30_000;
const PARAMETER_MAX_CHARACTERS = 200;

/** Assembles the public listener: all plugins and routes, not listening yet. */
export async function buildApp(context: ApiContext, logger: FastifyBaseLogger): Promise<App> {
  const { config, hub, limits } = context;
  const url = publicUrl(config);
  const app: App = fastify({
    loggerInstance: logger,
    // One line per request would be the largest log of all; failures are logged where they are answered.
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: (error, request, reply) => {
      sendProblem(request, reply, new PinataError('REQUEST_INVALID', { why: `${error.message}.` }));
    },
    bodyLimit: BODY_MAX_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: trustedProxies(config.settings.PINATA_TRUSTED_PROXY),
    routerOptions: { maxParamLength: PARAMETER_MAX_CHARACTERS },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, useDefaults: true } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  // What leaves is shaped by `project` and the views; a second shaping by the schema could only hide mistakes.
  app.setSerializerCompiler(() => data => JSON.stringify(data));

  registerProblems(app, () => context.dashboard.page(context.feed.snapshot()).html);
  await registerSecurityHeaders(app, { https: url.startsWith('https:') });
  await registerOpenApi(app, { url, version: API_VERSION });
  await app.register(async (service: App) => {
    openToOtherOrigins(service);
    refuseUnknownParameters(service);
    statusRoutes(service, context);
  });
  await app.register(async (data: App) => {
    openToOtherOrigins(data);
    refuseUnknownParameters(data);
    await registerPressure(data);
    await registerRateLimit(data, limits.requestsPerMinute);
    attemptsRoute(data, context);
    attemptRoutes(data, context);
    targetRoutes(data, context);
    bootRoutes(data, context);
    classRoutes(data, context);
    statsRoutes(data, context);
    liveRoutes(data, context);
    schemaRoutes(data);
    wellKnownRoutes(data, context);
  });
  docsRoutes(app);
  await app.register((pages: App) => pageRoutes(pages, context));
  // An open stream would keep `close` waiting for ever.
  app.addHook('preClose', () => hub.stop());
  return app;
}
