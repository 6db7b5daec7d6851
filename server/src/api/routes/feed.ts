import Type from 'typebox';
import { publicUrl } from '../../public-url.ts';
import { nowMicros } from '../../wire/ids.ts';
import { atomFeed } from '../atom.ts';
import type { ApiContext, App } from '../context.ts';
import { readEventRows } from '../queries/events.ts';
import { describe, problems } from '../responses.ts';

const ENTRIES = 50;

/** `/feed.atom`: what happened, for feed readers. */
export function feedRoute(app: App, { config, database }: ApiContext): void {
  app.get(
    '/feed.atom',
    {
      schema: {
        tags: ['live'],
        summary: `The newest ${ENTRIES} events as an Atom feed (RFC 4287)`,
        response: { 200: describe('The feed', { 'application/atom+xml': Type.String() }), ...problems },
      },
    },
    async (_request, reply): Promise<unknown> => {
      const rows = await readEventRows(database, { fromUs: null, toUs: null }, ENTRIES);
      reply.header('cache-control', 'public, max-age=60').type('application/atom+xml; charset=utf-8');
      reply.serializer((feed: string) => feed);
      return atomFeed(rows, { url: publicUrl(config), site: config.settings.PINATA_SITE, nowUs: nowMicros() });
    },
  );
}
