import type { FastifyInstance } from 'fastify';
import type { Keeper } from './keeper.ts';
import { buildSocketApp, keeperOf, listenOn } from './socket-app.ts';

/** The one thing that ingest may ask of the supervisor, on the organisers' behalf and on a socket of its own: a restart. */
export async function serveRestarts(
  socketPath: string,
  keepers: ReadonlyMap<string, Pick<Keeper, 'restart'>>,
): Promise<FastifyInstance> {
  const app = buildSocketApp();
  app.post<{ Params: { target: string } }>('/targets/:target/restart', async ({ params: { target } }) => {
    await keeperOf(keepers, target).restart();
    return { target };
  });
  await listenOn(app, socketPath);
  return app;
}
