import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import fastify from 'fastify';
import type { Logger } from 'pino';
import { PinataError } from '../errors.ts';
import type { Running } from '../process.ts';
import type { Organisers } from './organisers.ts';

const SOCKET_MODE = 0o660;
const FOLDER_MODE = 0o750;
const BODY_MAX_BYTES = 8192;

/** Serves `POST /call` on a unix socket, to whoever may enter its folder. Refusals are problem documents (RFC 9457). */
export async function serveOrganisers(
  socketPath: string,
  organisers: Pick<Organisers, 'call'>,
  log: Pick<Logger, 'error'>,
): Promise<Running> {
  const app = fastify({ bodyLimit: BODY_MAX_BYTES, forceCloseConnections: true });
  app.setErrorHandler((error, _request, reply) => {
    const known = asKnown(error);
    if (known.code === 'INTERNAL') log.error({ err: error }, 'a call of an organiser failed');
    const { code, status, message: title, remedy: detail } = known;
    return reply
      .code(status)
      .type('application/problem+json')
      .send({ type: 'about:blank', title, status, detail, code });
  });
  app.post('/call', ({ body }) => organisers.call(body));
  await mkdir(dirname(socketPath), { recursive: true, mode: FOLDER_MODE });
  await rm(socketPath, { force: true });
  await app.listen({ path: socketPath });
  await chmod(socketPath, SOCKET_MODE);
  return { stop: () => app.close() };
}

function asKnown(error: unknown): PinataError {
  if (error instanceof PinataError) return error;
  const refused = error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500;
  return refused ? new PinataError('REQUEST_INVALID', { why: error.message }) : new PinataError('INTERNAL');
}
