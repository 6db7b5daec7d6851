import type { FastifyInstance } from 'fastify';
import type { Keeper } from './keeper.ts';
import { buildSocketApp, keeperOf, listenOn, ProveBody, type ProveRoute } from './socket-app.ts';

/**
 * What operators may ask of the supervisor, on a unix socket whose folder says who may connect: how the targets are, a proof of
 * possession, a restart. There is no way to ask for a secret.
 */
export async function serveControl(socketPath: string, keepers: ReadonlyMap<string, Keeper>): Promise<FastifyInstance> {
  const app = buildSocketApp();

  app.get('/status', () => ({ targets: [...keepers.values()].map(keeper => keeper.status()) }));

  app.post<ProveRoute>('/targets/:target/prove', { schema: { body: ProveBody } }, ({ params, body }) =>
    keeperOf(keepers, params.target).prove(body.root),
  );

  app.post<{ Params: { target: string } }>('/targets/:target/restart', async ({ params }, reply) => {
    await keeperOf(keepers, params.target).restart();
    return reply.code(202).send({ target: params.target });
  });

  await listenOn(app, socketPath);
  return app;
}
