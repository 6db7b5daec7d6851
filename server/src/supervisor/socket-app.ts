import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import Type from 'typebox';
import { PinataError } from '../errors.ts';

/** What a proof is asked with; the target is in the path. */
export const ProveBody = Type.Object(
  { root: Type.String({ pattern: '^[0-9a-f]{64}$' }) },
  { additionalProperties: false },
);
export type ProveRoute = { Params: { target: string }; Body: { root: string } };

/** An app for a unix socket: small bodies, and failures as problem documents with a code of the catalogue. No routes yet. */
export function buildSocketApp(): FastifyInstance {
  const app = Fastify({ bodyLimit: 1024, forceCloseConnections: true });
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

/** Listens; whoever may enter the socket's folder by its group may connect. */
export async function listenOn(app: FastifyInstance, socketPath: string): Promise<void> {
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o750 });
  rmSync(socketPath, { force: true });
  await app.listen({ path: socketPath });
  chmodSync(socketPath, 0o660);
}

/** Throws TARGET_UNKNOWN. */
export function keeperOf<K>(keepers: ReadonlyMap<string, K>, target: string): K {
  const keeper = keepers.get(target);
  if (!keeper) throw new PinataError('TARGET_UNKNOWN', { target: target.slice(0, 32) });
  return keeper;
}

function asKnown(error: unknown): PinataError {
  if (error instanceof PinataError) return error;
  const refused = error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500;
  return refused ? new PinataError('REQUEST_INVALID', { why: error.message }) : new PinataError('INTERNAL');
}
