import Type from 'typebox';
import { badgeSvg, badgeText } from '../badge.ts';
import type { ApiContext, App } from '../context.ts';
import { describe } from '../responses.ts';

/** `/badge.svg`: the state of the prize, for other people's pages. It answers whatever the database does. */
export function badgeRoute(app: App, { feed }: ApiContext): void {
  app.get(
    '/badge.svg',
    {
      schema: {
        tags: ['live'],
        summary: 'The state of the prize as a picture',
        response: { 200: describe('The badge', { 'image/svg+xml': Type.String() }) },
      },
    },
    async (_request, reply): Promise<unknown> => {
      reply.header('cache-control', 'public, max-age=60').type('image/svg+xml; charset=utf-8');
      reply.serializer((picture: string) => picture);
      return badgeSvg(badgeText(feed.status()));
    },
  );
}
