import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import fastify from 'fastify';
import type { Running } from '../process.ts';

const SOCKET_MODE = 0o660;
const FOLDER_MODE = 0o750;

/** What may be asked of this process: how it is, to look at old rows again, and what is kept of an attempt. */
export interface Control {
  status(): unknown;
  reclassify(): unknown;
  evidence(id: string): Promise<unknown>;
}

/** Serves `GET /status`, `POST /reclassify` and `GET /evidence/:id` on a unix socket. */
export async function serveControl(socketPath: string, { status, reclassify, evidence }: Control): Promise<Running> {
  const app = fastify({ forceCloseConnections: true });
  app.get('/status', async () => status());
  app.post('/reclassify', async () => reclassify());
  app.get<{ Params: { id: string } }>('/evidence/:id', async ({ params }) => evidence(params.id));
  await mkdir(dirname(socketPath), { recursive: true, mode: FOLDER_MODE });
  await rm(socketPath, { force: true });
  await app.listen({ path: socketPath });
  await chmod(socketPath, SOCKET_MODE);
  return { stop: () => app.close() };
}
