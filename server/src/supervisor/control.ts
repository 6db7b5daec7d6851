import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import Type from 'typebox';
import { PinataError } from '../errors.ts';
import type { Keeper } from './keeper.ts';

const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const ProveBody = Type.Object({ root: Hash }, { additionalProperties: false });

/**
 * What others may ask of the supervisor, on a unix socket whose folder says who may connect: how the targets are, a proof of
 * possession, a restart. There is no way to ask for a secret.
 */
export async function serveControl(socketPath: string, keepers: ReadonlyMap<string, Keeper>): Promise<FastifyInstance> {
  const app = buildControl(keepers);
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o750 });
  rmSync(socketPath, { force: true });
  await app.listen({ path: socketPath });
  chmodSync(socketPath, 0o660);
  return app;
}

function buildControl(keepers: ReadonlyMap<string, Keeper>): FastifyInstance {
  const app = Fastify({ bodyLimit: 1024, forceCloseConnections: true });
  const keeperOf = (target: string): Keeper => {
    const keeper = keepers.get(target);
    if (!keeper) throw new PinataError('TARGET_UNKNOWN', { target: target.slice(0, 32) });
    return keeper;
  };

  app.get('/status', () => ({ targets: [...keepers.values()].map(keeper => keeper.status()) }));

  app.post<{ Params: { target: string }; Body: { root: string } }>(
    '/targets/:target/prove',
    { schema: { body: ProveBody } },
    ({ params, body }) => keeperOf(params.target).prove(body.root),
  );

  app.post<{ Params: { target: string } }>('/targets/:target/restart', async ({ params }, reply) => {
    await keeperOf(params.target).restart();
    return reply.code(202).send({ target: params.target });
  });

  app.setErrorHandler((error, _request, reply) => {
    const known = asKnown(error);
    const { code, status, message: title, remedy: detail } = known;
    return reply
      .code(status)
      .type('application/problem+json')
      .send({ type: 'about:blank', title, status, detail, code });
  });
  app.setNotFoundHandler(request => {
    throw new PinataError('NOT_FOUND', { path: request.url.slice(0, 100) });
  });
  return app;
}

function asKnown(error: unknown): PinataError {
  if (error instanceof PinataError) return error;
  const refused = error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500;
  return refused ? new PinataError('REQUEST_INVALID', { why: error.message }) : new PinataError('INTERNAL');
}
