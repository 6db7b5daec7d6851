import { createReadStream } from 'node:fs';
import type { FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import { PinataError } from '../../errors.ts';
import { AttemptFilter, wholeSecond } from '../../export/attempt-filter.ts';
import { FORMAT_NAMES } from '../../export/formats/format.ts';
import { ROW_FORMATS } from '../../export/formats.ts';
import { nullable } from '../../wire/nullable.ts';
import { type ByteRange, byteRange } from '../byte-range.ts';
import type { ApiContext, App } from '../context.ts';
import type { ExportJob } from '../exports/export-jobs.ts';
import { newestChange } from '../queries/log-state.ts';
import { json, problems } from '../responses.ts';
import { timeOf } from '../time.ts';

const ROW_FORMAT_NAMES = FORMAT_NAMES.filter(name => name !== 'pcapng');

const closed = { additionalProperties: false } as const;
const Params = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{32}$' }) }, closed);

const Order = Type.Object(
  {
    format: Type.Enum([...ROW_FORMAT_NAMES]),
    filter: Type.Optional(Type.Object(AttemptFilter.properties, closed)),
    snapshot: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'left out: the newest change' }),
    ),
  },
  { ...closed, title: 'ExportOrder' },
);
type Order = Static<typeof Order>;

const Job = Type.Object(
  {
    id: Type.String(),
    state: Type.Enum(['queued', 'running', 'done', 'failed']),
    format: Type.String(),
    snapshot: Type.Integer(),
    filter: Type.Object(AttemptFilter.properties, closed),
    rows: Type.Integer({ description: 'so far' }),
    bytes: Type.Integer({ description: 'so far' }),
    sha256: nullable(Type.String()),
    why: nullable(Type.String({ description: 'why it failed' })),
    orderedAt: Type.String({ format: 'date-time' }),
    expiresAt: nullable(Type.String({ format: 'date-time', description: 'then it is removed' })),
    file: nullable(Type.String({ description: 'where it is, once it is done' })),
  },
  { ...closed, title: 'Export' },
);
type Job = Static<typeof Job>;

const DESCRIPTION = `Has the log, or what a filter leaves of it, written as a file: for the formats that cannot be streamed, and for files that
are so large that one wants to fetch them in parts. The answer names the job. Ask for it until its state is \`done\`; then its \`file\` can be
fetched, with \`Range\` in parts. Its id is the right to fetch and to cancel it. The same order of the same snapshot gives the same bytes.
Few are kept at a time, and not for long; they end with the service.`;

/** `POST /api/v1/exports`, and what becomes of the order. */
export function exportRoutes(app: App, { database, exports: jobs }: ApiContext): void {
  app.post(
    '/api/v1/exports',
    {
      schema: {
        ...{ tags: ['exports'], summary: 'Order a file', description: DESCRIPTION, body: Order },
        response: { 202: json('It will be written', Job), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { format, filter = {}, snapshot: asked } = request.body;
      checkTimes(filter);
      const newest = await newestChange(database);
      const snapshot = asked ?? newest;
      if (snapshot > newest) {
        throw new PinataError('REQUEST_INVALID', {
          why: `The log has not come to ${snapshot} yet; it is at ${newest}.`,
        });
      }
      const job = await jobs.order({ format, tier: 'P', snapshot, filter, asOf: null }, request.ip);
      return reply.code(202).header('location', `/api/v1/exports/${job.id}`).send(viewOf(job));
    },
  );

  app.get(
    '/api/v1/exports/:id',
    {
      schema: {
        ...{ tags: ['exports'], summary: 'How far a file is', params: Params },
        response: { 200: json('The job', Job), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      reply.header('cache-control', 'no-store');
      return viewOf(known(request.params.id));
    },
  );

  app.delete(
    '/api/v1/exports/:id',
    {
      schema: {
        ...{ tags: ['exports'], summary: 'Cancel an order, or remove its file', params: Params },
        response: { 204: Type.Null({ description: 'Nothing is left of it' }), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { id } = request.params;
      if (!(await jobs.cancel(id))) throw new PinataError('EXPORT_UNKNOWN', { id });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/exports/:id/file',
    {
      schema: {
        ...{ tags: ['exports'], summary: 'Fetch a file, or a part of it', params: Params },
        response: {
          200: { description: 'The file', content: BYTES },
          206: { description: 'The part that was asked for', content: BYTES },
          ...problems,
        },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { range, 'if-range': only } = request.headers;
      return sendFile(known(request.params.id), { range, only }, reply);
    },
  );

  function known(id: string): ExportJob {
    const job = jobs.find(id);
    if (!job) throw new PinataError('EXPORT_UNKNOWN', { id });
    return job;
  }
}

const BYTES = { 'application/octet-stream': { schema: Type.String({ format: 'binary' }) } };

async function sendFile(
  job: ExportJob,
  { range, only }: { range: string | undefined; only: unknown },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id, state, sha256, bytes, path, subject } = job;
  if (state !== 'done' || sha256 === null || subject.format === 'pcapng')
    throw new PinataError('EXPORT_NOT_READY', { id, state });
  const { extension } = await ROW_FORMATS[subject.format]();
  const tag = `"${sha256}"`;
  reply
    .header('etag', tag)
    .header('accept-ranges', 'bytes')
    .header('cache-control', 'no-store')
    // RFC 9530: of the whole, whichever part is sent.
    .header('repr-digest', `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`)
    .header('content-disposition', `attachment; filename="attempts-at-${subject.snapshot}.${extension}"`)
    .type('application/octet-stream');
  const part = only === undefined || only === tag ? byteRange(range, bytes) : null;
  if (part === 'unsatisfiable') {
    reply.header('content-range', `bytes */${bytes}`);
    throw new PinataError('RANGE_UNSATISFIABLE', { bytes });
  }
  return part ? sendPart(path, part, bytes, reply) : reply.header('content-length', bytes).send(createReadStream(path));
}

function sendPart(path: string, { first, last }: ByteRange, size: number, reply: FastifyReply): FastifyReply {
  return reply
    .code(206)
    .header('content-range', `bytes ${first}-${last}/${size}`)
    .header('content-length', last - first + 1)
    .send(createReadStream(path, { start: first, end: last }));
}

function viewOf({ id, state, subject, rows, bytes, sha256, why, orderedMs, expiresMs }: ExportJob): Job {
  const { format, snapshot, filter } = subject;
  return {
    ...{ id, state, format, snapshot, filter, rows, bytes, sha256, why },
    orderedAt: timeOf(orderedMs * 1000),
    expiresAt: expiresMs === null ? null : timeOf(expiresMs * 1000),
    file: state === 'done' ? `/api/v1/exports/${id}/file` : null,
  };
}

function checkTimes(filter: NonNullable<Order['filter']>): void {
  for (const name of ['from', 'to'] as const) {
    const time = filter[name];
    if (time !== undefined && Number.isNaN(wholeSecond(time))) {
      throw new PinataError('REQUEST_INVALID', { why: `${name} is not a time that exists.` });
    }
  }
}
