import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import fastify from 'fastify';
import type { Running } from '../process.ts';

const SOCKET_MODE = 0o660;
const FOLDER_MODE = 0o750;

/** What may be asked of this process: how it is, and to look at old rows again. */
export interface Control {
  status(): unknown;
  reclassify(): unknown;
}

/** Serves `GET /status` and `POST /reclassify` on a unix socket. */
export async function serveControl(socketPath: string, { status, reclassify }: Control): Promise<Running> {
  const app = fastify({ forceCloseConnections: true });
  app.get('/status', async () => status());
  app.post('/reclassify', async () => reclassify());
  await mkdir(dirname(socketPath), { recursive: true, mode: FOLDER_MODE });
  await rm(socketPath, { force: true });
  await app.listen({ path: socketPath });
  await chmod(socketPath, SOCKET_MODE);
  return { stop: () => app.close() };
}
