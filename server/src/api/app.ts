import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { publicUrl } from '../public-url.ts';
import { refuseUnknownParameters } from './closed-queries.ts';
import type { ApiContext, App } from './context.ts';
import { answerClientError } from './plugins/client-errors.ts';
import { registerEtags } from './plugins/etags.ts';
import { registerMethods } from './plugins/methods.ts';
import { refuseNullCharacters } from './plugins/null-characters.ts';
import { registerOpenApi } from './plugins/openapi.ts';
import { registerPressure } from './plugins/pressure.ts';
import { registerRateLimit } from './plugins/rate-limit.ts';
import { openToOtherOrigins, registerSecurityHeaders } from './plugins/security-headers.ts';
import { registerProblems, sendProblem, toPinataError } from './problem.ts';
import { attemptRoutes } from './routes/attempt.ts';
import { attemptsRoute } from './routes/attempts.ts';
import { badgeRoute } from './routes/badge.ts';
import { bootRoutes } from './routes/boots.ts';
import { claimRoutes } from './routes/claims.ts';
import { classRoutes } from './routes/classes.ts';
import { docsRoutes } from './routes/docs.ts';
import { eventRoutes } from './routes/events.ts';
import { exportRoutes } from './routes/exports.ts';
import { feedRoute } from './routes/feed.ts';
import { flowRoute } from './routes/flow.ts';
import { liveRoutes } from './routes/live.ts';
import { meRoute } from './routes/me.ts';
import { pageRoutes } from './routes/pages.ts';
import { proofRoutes } from './routes/proofs.ts';
import { schemaRoutes } from './routes/schemas.ts';
import { statsRoutes } from './routes/stats.ts';
import { statusRoutes } from './routes/status.ts';
import { targetRoutes } from './routes/targets.ts';
import { textRoute } from './routes/texts.ts';
import { wellKnownRoutes } from './routes/well-known.ts';
import { trustedProxies } from './trusted-proxies.ts';

const API_VERSION = '1';
/** No route takes a larger body. */
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
      sendProblem(request, reply, toPinataError(error, request));
    },
    clientErrorHandler: answerClientError,
    bodyLimit: BODY_MAX_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: trustedProxies(config.settings.PINATA_TRUSTED_PROXY),
    routerOptions: { maxParamLength: PARAMETER_MAX_CHARACTERS },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, useDefaults: true } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  // What leaves is shaped by `project` and the views; a second shaping by the schema could only hide mistakes.
  app.setSerializerCompiler(() => data => JSON.stringify(data));

  registerMethods(app);
  registerProblems(app, () => context.dashboard.page(context.feed.snapshot()).html);
  await registerSecurityHeaders(app, { https: url.startsWith('https:') });
  await registerOpenApi(app, { url, version: API_VERSION });
  await app.register(async (service: App) => {
    openToOtherOrigins(service);
    refuseUnknownParameters(service);
    registerEtags(service);
    statusRoutes(service, context);
    badgeRoute(service, context);
  });
  await app.register(async (data: App) => {
    openToOtherOrigins(data);
    refuseUnknownParameters(data);
    refuseNullCharacters(data);
    await registerPressure(data);
    registerEtags(data);
    await registerRateLimit(data, limits.requestsPerMinute);
    attemptsRoute(data, context);
    exportRoutes(data, context);
    attemptRoutes(data, context);
    flowRoute(data, context);
    textRoute(data, context);
    meRoute(data, context);
    targetRoutes(data, context);
    proofRoutes(data, context);
    bootRoutes(data, context);
    classRoutes(data, context);
    statsRoutes(data, context);
    liveRoutes(data, context);
    eventRoutes(data, context);
    feedRoute(data, context);
    schemaRoutes(data);
    wellKnownRoutes(data, context);
  });
  await app.register(async (claims: App) => {
    refuseUnknownParameters(claims);
    await registerPressure(claims);
    await registerRateLimit(claims, limits.claimsPerMinute);
    claimRoutes(claims, context);
  });
  docsRoutes(app);
  await app.register((pages: App) => pageRoutes(pages, context));
  // An open stream would keep `close` waiting for ever.
  app.addHook('preClose', () => hub.stop());
  return app;
}
