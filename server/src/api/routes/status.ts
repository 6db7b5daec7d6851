import Type from 'typebox';
import type { ApiContext, App } from '../context.ts';
import { json } from '../responses.ts';
import { Status } from '../status.ts';

const Answer = Type.Object({ status: Type.String() }, { additionalProperties: false });

/** State of the service. These answer whatever the database does. */
export function statusRoutes(app: App, { feed }: ApiContext): void {
  app.get(
    '/status.json',
    {
      schema: {
        tags: ['service'],
        summary: 'What works and what does not',
        response: { 200: json('The status, also when something is down', Status) },
      },
    },
    async (_request, reply): Promise<unknown> => {
      reply.header('cache-control', 'public, max-age=1');
      return feed.status();
    },
  );

  app.get(
    '/healthz',
    {
      schema: { tags: ['service'], summary: 'Whether this process lives', response: { 200: json('It does', Answer) } },
    },
    async (_request, reply): Promise<unknown> => {
      reply.header('cache-control', 'no-store');
      return { status: 'live' };
    },
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags: ['service'],
        summary: 'Whether this process can serve data',
        response: { 200: json('It can', Answer), 503: json('It cannot', Answer) },
      },
    },
    async (_request, reply): Promise<unknown> => {
      const ready = feed.up && feed.snapshot() !== null;
      reply.code(ready ? 200 : 503).header('cache-control', 'no-store');
      return { status: ready ? 'ready' : 'not ready' };
    },
  );
}
