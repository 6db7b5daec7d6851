import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import fastify from 'fastify';
import type { Running } from '../process.ts';

const SOCKET_MODE = 0o660;
const FOLDER_MODE = 0o750;

/** Serves `GET /status` on a unix socket. */
export async function serveControl(socketPath: string, status: () => unknown): Promise<Running> {
  const app = fastify({ forceCloseConnections: true });
  app.get('/status', async () => status());
  await mkdir(dirname(socketPath), { recursive: true, mode: FOLDER_MODE });
  await rm(socketPath, { force: true });
  await app.listen({ path: socketPath });
  await chmod(socketPath, SOCKET_MODE);
  return { stop: () => app.close() };
}
