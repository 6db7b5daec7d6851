import type { FastifyInstance } from 'fastify';
import { PinataError } from '../errors.ts';
import type { Keeper } from './keeper.ts';
import { buildSocketApp, keeperOf, listenOn, ProveBody, type ProveRoute } from './socket-app.ts';

/** Whoever asks gathers nonces for twice as long; this holds whatever becomes of them. */
export const PROOF_SPACING_MS = 1000;

/**
 * The one thing that the public listener may ask of the supervisor, on a unix socket of its own: a signature over a root. A target is
 * asked no more often than once in `spacingMs`, and not while it answers; what comes between is refused with RATE_LIMITED.
 */
export async function serveProofs(
  socketPath: string,
  keepers: ReadonlyMap<string, Pick<Keeper, 'prove'>>,
  spacingMs: number = PROOF_SPACING_MS,
): Promise<FastifyInstance> {
  const app = buildSocketApp();
  const freeAt = new Map<string, number>();

  app.post<ProveRoute>('/targets/:target/prove', { schema: { body: ProveBody } }, async ({ params, body }) => {
    const { target } = params;
    const keeper = keeperOf(keepers, target);
    const now = performance.now();
    if (now < (freeAt.get(target) ?? 0)) throw new PinataError('RATE_LIMITED');
    freeAt.set(target, Number.POSITIVE_INFINITY);
    return keeper.prove(body.root).finally(() => freeAt.set(target, now + spacingMs));
  });

  await listenOn(app, socketPath);
  return app;
}
