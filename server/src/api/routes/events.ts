import Type from 'typebox';
import { wholeSecond } from '../../export/attempt-filter.ts';
import type { ApiContext, App } from '../context.ts';
import { Announcement, readAnnouncements } from '../queries/announcements.ts';
import { Event, readEvents } from '../queries/events.ts';
import { Meta, readMeta } from '../queries/log-state.ts';
import { json, problems } from '../responses.ts';

const ROWS = 100;
const ROWS_MAX = 500;

const closed = { additionalProperties: false } as const;
const Query = Type.Object(
  {
    from: Type.Optional(Type.String({ format: 'date-time' })),
    to: Type.Optional(Type.String({ format: 'date-time' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: ROWS_MAX, default: ROWS })),
  },
  closed,
);
const Events = Type.Object({ rows: Type.Array(Event), meta: Meta }, { ...closed, title: 'Events' });
const Announcements = Type.Object({ rows: Type.Array(Announcement) }, { ...closed, title: 'Announcements' });

/** `GET /api/v1/events`: what explains the charts; `GET /api/v1/announcements`: what stands on every page. */
export function eventRoutes(app: App, { database }: ApiContext): void {
  app.get(
    '/api/v1/events',
    {
      schema: {
        tags: ['live'],
        summary: 'Boots, crashes, releases, alarms and announcements, newest first',
        querystring: Query,
        response: { 200: json('The events', Events), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { from, to, limit = ROWS } = request.query;
      const span = {
        fromUs: from === undefined ? null : wholeSecond(from) * 1000,
        toUs: to === undefined ? null : wholeSecond(to) * 1000,
      };
      const [rows, meta] = await Promise.all([readEvents(database, span, limit), readMeta(database)]);
      reply.header('cache-control', 'public, max-age=2');
      return { rows, meta };
    },
  );

  app.get(
    '/api/v1/announcements',
    {
      schema: {
        tags: ['live'],
        summary: 'What the organisers say on every page now, newest first',
        response: { 200: json('The announcements', Announcements), ...problems },
      },
    },
    async (_request, reply): Promise<unknown> => {
      reply.header('cache-control', 'public, max-age=10');
      return { rows: await readAnnouncements(database) };
    },
  );
}
