import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { PinataError } from '../errors.ts';
import type { Running } from '../process.ts';
import type { Claims } from './claims.ts';
import { ClaimBody, type CreditBody, CreditBody as CreditSchema, SourceBody } from './messages.ts';

const SOCKET_MODE = 0o660;
const FOLDER_MODE = 0o750;
const BODY_MAX_BYTES = 1024;
/** A day of asking at this rate tries a millionth of the IPv4 addresses against the rows of the day. */
const SOURCES_PER_SECOND = 50;

/** Serves claims on a unix socket of their own, to whoever may enter its folder. Refusals are `{ code }` of the catalogue. */
export async function serveClaims(socketPath: string, claims: Claims, log: Pick<Logger, 'error'>): Promise<Running> {
  const app = fastify({ bodyLimit: BODY_MAX_BYTES, forceCloseConnections: true });
  registerErrors(app, log);
  const claim = { schema: { body: ClaimBody } };
  app.post<{ Body: ClaimBody }>('/times', claim, ({ body }) => claims.times(body));
  app.post<{ Body: ClaimBody }>('/evidence', claim, ({ body }) => claims.evidence(body));
  app.post<{ Body: ClaimBody }>('/erase', claim, ({ body }) => claims.erase(body));
  app.post<{ Body: CreditBody }>('/credit', { schema: { body: CreditSchema } }, ({ body }) => claims.credit(body));
  app.post<{ Body: ClaimBody }>('/uncredit', claim, ({ body }) => claims.uncredit(body));
  const limited = perSecond(SOURCES_PER_SECOND);
  app.post<{ Body: { ip: string } }>('/source', { schema: { body: SourceBody } }, async ({ body }) => {
    limited();
    return claims.source(body.ip);
  });
  await mkdir(dirname(socketPath), { recursive: true, mode: FOLDER_MODE });
  await rm(socketPath, { force: true });
  await app.listen({ path: socketPath });
  await chmod(socketPath, SOCKET_MODE);
  return { stop: () => app.close() };
}

/** The request is never logged: it holds the token. */
function registerErrors(app: FastifyInstance, log: Pick<Logger, 'error'>): void {
  app.setErrorHandler((error, _request, reply) => {
    const known = error instanceof PinataError ? error : null;
    const refused = error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500;
    if (!known && !refused) log.error({ err: error }, 'a claim could not be answered');
    const code = known?.code ?? (refused ? 'REQUEST_INVALID' : 'INTERNAL');
    return reply.code(known?.status ?? (refused ? 400 : 500)).send({ code });
  });
}

/** Throws RATE_LIMITED at more calls than this in a second. */
function perSecond(max: number): () => void {
  let second = 0;
  let calls = 0;
  return () => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) calls = 0;
    second = now;
    calls += 1;
    if (calls > max) throw new PinataError('RATE_LIMITED');
  };
}
