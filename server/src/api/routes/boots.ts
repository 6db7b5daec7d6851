import Type from 'typebox';
import { PinataError } from '../../errors.ts';
import type { ApiContext, App } from '../context.ts';
import { Boot, readBoot, readBoots } from '../queries/boots.ts';
import { withQuery } from '../query-string.ts';
import { json, problems } from '../responses.ts';

const ROWS = 50;
const ROWS_MAX = 500;

const closed = { additionalProperties: false } as const;
const Query = Type.Object(
  {
    target: Type.Optional(Type.String({ maxLength: 32 })),
    before: Type.Optional(Type.String({ format: 'uuid', description: 'only boots older than this one' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: ROWS_MAX, default: ROWS })),
  },
  closed,
);
const Boots = Type.Object(
  { rows: Type.Array(Boot), next: Type.Union([Type.String(), Type.Null()]) },
  { ...closed, title: 'Boots' },
);

/** `GET /api/v1/boots` and one of them. */
export function bootRoutes(app: App, { database }: ApiContext): void {
  app.get(
    '/api/v1/boots',
    {
      schema: {
        tags: ['targets'],
        summary: 'Every start of every target, newest first',
        querystring: Query,
        response: { 200: json('Boots', Boots), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { limit = ROWS, ...filter } = request.query;
      const found = await readBoots(database, { ...filter, limit: limit + 1 });
      const rows = found.slice(0, limit);
      const next =
        found.length > limit ? withQuery('/api/v1/boots', { ...request.query, before: rows.at(-1)?.id }) : null;
      if (next) reply.header('link', `<${next}>; rel="next"`);
      reply.header('cache-control', 'no-cache');
      return { rows, next };
    },
  );

  app.get(
    '/api/v1/boots/:id',
    {
      schema: {
        tags: ['targets'],
        summary: 'One boot',
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }, closed),
        response: { 200: json('The boot', Boot), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const boot = await readBoot(database, request.params.id);
      if (!boot) throw new PinataError('BOOT_UNKNOWN', { id: request.params.id });
      reply.header('cache-control', 'no-cache');
      return boot;
    },
  );
}
