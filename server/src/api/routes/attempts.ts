import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { PinataError } from '../../errors.ts';
import { attemptFile, type FileFormat, MEDIA_TYPES } from '../../export/attempt-file.ts';
import { AttemptFilter, wholeSecond } from '../../export/attempt-filter.ts';
import { attemptPage, continueAfter, type Order, seqOf } from '../../export/attempt-pages.ts';
import { cached } from '../cached.ts';
import type { ApiContext, App } from '../context.ts';
import { etagOf, isKnown } from '../etag.ts';
import { Places } from '../places.ts';
import { Meta, newestChange, readMeta } from '../queries/log-state.ts';
import { withQuery } from '../query-string.ts';
import { describe, PublicAttemptSchema, problems } from '../responses.ts';

const LIST_ROWS = 50;
const LIST_ROWS_MAX = 1000;
const META_TTL_MS = 1_000;
const STALLED_READER_MS = 60_000;

const closed = { additionalProperties: false } as const;

const Query = Type.Object(
  {
    ...AttemptFilter.properties,
    order: Type.Optional(
      Type.Enum(['asc', 'desc'], { description: 'by seq; left out: desc for json, asc for the files' }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: `rows; json: ${LIST_ROWS} if left out, at most ${LIST_ROWS_MAX}; files: everything if left out`,
      }),
    ),
    format: Type.Optional(Type.Enum(['json', 'jsonl', 'csv'])),
    snapshot: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'the log as it was at this change' }),
    ),
  },
  closed,
);
type Query = Static<typeof Query>;

const Page = Type.Object(
  {
    rows: Type.Array(PublicAttemptSchema),
    meta: Type.Object(
      { ...Meta.properties, order: Type.String(), snapshot: Type.Union([Type.Integer(), Type.Null()]) },
      closed,
    ),
    next: Type.Union([Type.String({ description: 'the following page' }), Type.Null()]),
  },
  { ...closed, title: 'Attempts' },
);

const DESCRIPTION = `The log, newest first. Follow \`next\` until it is null, or poll with \`order=asc&after=<last seq>\`.

\`format=jsonl\` and \`format=csv\` stream everything that matches as a file, oldest first, as the log was at one \`snapshot\`
(a \`change\`, told in the header \`Pinata-Snapshot\`): the same request with the same snapshot gives the same bytes.
CSV is RFC 4180; its columns are at /schema/attempt-1.columns.json. A text cell that a spreadsheet could take for a formula has an
apostrophe before it: take one leading apostrophe off. An empty cell is null, a lone apostrophe is the empty text.`;

/** `GET /api/v1/attempts`: pages of the log, and files of it. */
export function attemptsRoute(app: App, { database, limits }: ApiContext): void {
  const meta = cached(META_TTL_MS, () => readMeta(database));
  const places = new Places(limits.exportsPerAddress, limits.exports);

  app.get(
    '/api/v1/attempts',
    {
      schema: {
        tags: ['attempts'],
        summary: 'List or export attempts',
        description: DESCRIPTION,
        querystring: Query,
        response: {
          200: describe('Attempts', {
            'application/json': Page,
            'application/jsonl': Type.String({ description: 'one attempt a line', contentSchema: PublicAttemptSchema }),
            'text/csv': Type.String(),
          }),
          ...problems,
        },
      },
    },
    async (request, reply): Promise<unknown> => {
      checkTimes(request.query);
      await checkSnapshot(request.query.snapshot);
      const { format = 'json' } = request.query;
      return format === 'json' ? list(request.query, request, reply) : file(format, request.query, request, reply);
    },
  );

  async function list(query: Query, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { order = 'desc', limit = LIST_ROWS, snapshot = null, format: _, ...filter } = query;
    if (limit > LIST_ROWS_MAX) {
      throw new PinataError('REQUEST_INVALID', { why: `limit is at most ${LIST_ROWS_MAX} with format=json.` });
    }
    const found = await attemptPage(database, { filter, order, limit: limit + 1, snapshot });
    const rows = found.slice(0, limit);
    const next = found.length > limit ? nextUrl(query, order, seqOf(rows.at(-1))) : null;
    if (next) reply.header('link', `<${next}>; rel="next"`);
    reply.header('cache-control', 'no-cache');
    // A change never comes twice, so the list of them stands for the rows.
    const tag = etagOf(`${request.url} ${rows.map(row => row.change).join()}`);
    if (isKnown(request, reply, tag)) return reply.code(304).send();
    return { rows, meta: { ...(await meta()), order, snapshot }, next };
  }

  async function file(
    format: FileFormat,
    query: Query,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const { order = 'asc', limit, format: _, snapshot: asked, ...filter } = query;
    const snapshot = asked ?? (await newestChange(database));
    reply.header('pinata-snapshot', snapshot).header('cache-control', 'no-cache');
    if (isKnown(request, reply, etagOf(`${snapshot} ${request.url}`))) return reply.code(304).send();
    const leave = places.take(request.ip);
    if (!leave) throw new PinataError('OVERLOADED');
    const text = attemptFile(database, { filter, order, limit, format, snapshot });
    try {
      const stream = Readable.from(withFirst(await text.next(), text), { objectMode: false });
      const { socket } = request.raw;
      // A reader that stops reading would keep its place for ever.
      socket.setTimeout(STALLED_READER_MS);
      stream.once('close', () => {
        leave();
        socket.setTimeout(0);
      });
      reply.type(MEDIA_TYPES[format]);
      reply.header('content-disposition', `attachment; filename="attempts-at-${snapshot}.${format}"`);
      return reply.send(stream);
    } catch (error) {
      leave();
      throw error;
    }
  }

  async function checkSnapshot(snapshot: number | undefined): Promise<void> {
    if (snapshot === undefined) return;
    const newest = await newestChange(database);
    if (snapshot <= newest) return;
    throw new PinataError('REQUEST_INVALID', { why: `The log has not come to ${snapshot} yet; it is at ${newest}.` });
  }
}

/** The first chunk is made before anything is sent, so that a dead database is still a clean 503. */
async function* withFirst(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void, void>,
): AsyncGenerator<string, void, void> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

function checkTimes(query: Query): void {
  for (const name of ['from', 'to'] as const) {
    const time = query[name];
    if (time !== undefined && Number.isNaN(wholeSecond(time))) {
      throw new PinataError('REQUEST_INVALID', { why: `${name} is not a time that exists.` });
    }
  }
}

function nextUrl(query: Query, order: Order, seq: number): string {
  return withQuery('/api/v1/attempts', { ...query, ...continueAfter({}, order, seq) });
}
