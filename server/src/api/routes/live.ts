import Type from 'typebox';
import { PinataError } from '../../errors.ts';
import type { ApiContext, App } from '../context.ts';
import { isKnown } from '../etag.ts';
import { json, problems } from '../responses.ts';
import { Snapshot, STREAM_EVENTS } from '../snapshot.ts';

/** Short enough to be live behind a cache, long enough that a crowd costs nothing. */
export const SNAPSHOT_CACHE = 'public, max-age=0, s-maxage=2, stale-while-revalidate=10';
const RECONNECT_MS = 2_000;

const StreamQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'everything up to this change is known: the cursor of a snapshot',
      }),
    ),
  },
  { additionalProperties: false },
);

const STREAM_DESCRIPTION = `Server-sent events. \`hello\` {cursor, now} comes first. \`attempts\` {rows, skipped} carries new rows, at most ten a
second; its id is the last change that it covers; a change that is neither in rows nor in a range of skipped does not exist.
\`stats\` is a Summary, \`firsts\` {rows} tells what was never seen before, \`status\` {health, targets, feed} comes when something
changed, \`beat\` {now, cursor, completeUntil} every ten seconds. At most four events a second. \`reset\` {}: the log has not come to
where you are; start again from /live/snapshot.json. Reconnect with Last-Event-ID. Data of each event by its name: \`x-events\`.`;

/** `GET /live/snapshot.json` and `/api/v1/stream`. */
export function liveRoutes(app: App, { feed, hub }: ApiContext): void {
  app.get(
    '/live/snapshot.json',
    {
      schema: {
        tags: ['live'],
        summary: 'What the first page shows',
        description: 'Continue from `cursor` with /api/v1/stream?after=.',
        response: { 200: json('The snapshot', Snapshot), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const snapshot = feed.snapshot();
      if (!snapshot) throw new PinataError('DATABASE_UNAVAILABLE');
      reply.header('cache-control', SNAPSHOT_CACHE);
      if (isKnown(request, reply, snapshot.tag)) return reply.code(304).send();
      return snapshot.value;
    },
  );

  app.get(
    '/api/v1/stream',
    {
      // A HEAD request would open a stream that nobody reads.
      exposeHeadRoute: false,
      schema: {
        tags: ['live'],
        summary: 'New attempts as they are published',
        description: STREAM_DESCRIPTION,
        querystring: StreamQuery,
        headers: Type.Object({
          'last-event-id': Type.Optional(
            Type.String({ pattern: '^\\d{1,16}$', description: 'where a stream was cut; stronger than `after`' }),
          ),
        }),
        response: {
          200: {
            description: 'The stream',
            content: { 'text/event-stream': { schema: Type.String({ 'x-events': STREAM_EVENTS }) } },
          },
          ...problems,
        },
      },
    },
    (request, reply) => {
      if (reply.raw.destroyed || request.raw.socket.destroyed) {
        // It left before it was let in: it would never give its place back.
        reply.hijack();
        return;
      }
      const lastId = request.headers['last-event-id'];
      const after = lastId === undefined ? (request.query.after ?? null) : Number(lastId);
      hub.open(request.ip, after, closed => {
        reply.hijack();
        const { raw } = reply;
        const { socket } = request.raw;
        socket.setNoDelay(true);
        socket.setKeepAlive(true);
        socket.setTimeout(0);
        raw.writeHead(200, {
          ...definedHeaders(reply.getHeaders()),
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          // Proxies must pass each event on at once.
          'x-accel-buffering': 'no',
        });
        raw.write(`retry: ${RECONNECT_MS}\n\n`);
        raw.once('close', closed);
        // A client that is gone is no failure: `close` follows.
        raw.on('error', () => {});
        return raw;
      });
    },
  );
}

function definedHeaders(headers: Record<string, number | string | string[] | undefined>) {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}
