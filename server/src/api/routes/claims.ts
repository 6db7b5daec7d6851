import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { claimsClient } from '../../claims/client.ts';
import { CREDIT_NAME } from '../../claims/credit-name.ts';
import { FineTimes } from '../../claims/messages.ts';
import { PinataError } from '../../errors.ts';
import { captureOf } from '../../evidence/capture.ts';
import { capturePorts } from '../../evidence/capture-ports.ts';
import { parseTranscript } from '../../evidence/transcript.ts';
import { attemptPage, seqOf } from '../../export/attempt-pages.ts';
import { claimTagOfToken } from '../../trust/claim-tag.ts';
import { nullable } from '../../wire/nullable.ts';
import { claimTokenOf } from '../bearer.ts';
import type { ApiContext, App } from '../context.ts';
import { Places } from '../places.ts';
import { withQuery } from '../query-string.ts';
import { describe, json, PublicAttemptSchema, problems } from '../responses.ts';

const ROWS = 50;
const ROWS_MAX = 200;

const closed = { additionalProperties: false } as const;
const Params = Type.Object({ id: Type.String({ format: 'uuid' }) }, closed);
const ListQuery = Type.Object(
  {
    before: Type.Optional(
      Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'only rows with a lower seq' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: ROWS_MAX, default: ROWS })),
  },
  closed,
);
const ClaimedAttempts = Type.Object(
  {
    claimTag: Type.String({ description: 'what the token opens' }),
    rows: Type.Array(PublicAttemptSchema),
    next: nullable(Type.String()),
  },
  { ...closed, title: 'ClaimedAttempts' },
);
const Credit = Type.Object({ name: Type.String({ pattern: CREDIT_NAME }) }, { ...closed, title: 'Credit' });

const Binary = Type.Unsafe<Buffer>({ type: 'string', format: 'binary' });
const SECRETS_HEADER = 'pinata-secrets';
const PCAP_DESCRIPTION = `A pcapng file for Wireshark. Addresses in it are made up. The two handshake secrets are in it once no connection of
their session can be open any more, so that certificate and alerts can be read; the header \`Pinata-Secrets\` says \`published\`, \`held\` (ask
again) or \`none\` (the guest told none). Nothing after the handshake can be read.`;

/** OpenAPI's name for the token in the header. */
const claim = { tags: ['claims'], security: [{ claim: [] }] };

/** What a claim token opens: the list of its attempts, and what is private of each. No page of another origin may ask. */
export function claimRoutes(app: App, { config, database, limits }: ApiContext): void {
  const claims = claimsClient(config.layout.sockets.claims);
  const places = new Places(limits.evidencePerAddress, limits.evidence);
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    if (reply.statusCode === 401) reply.header('www-authenticate', 'Bearer realm="claims"');
  });

  /** A transcript may be large when it is taken apart: only so many at a time. */
  const evidenceOf = async (ip: string, id: string, token: string) => {
    const leave = places.take(ip);
    if (!leave) throw new PinataError('OVERLOADED');
    return claims.evidence(id, token).finally(leave);
  };

  app.get(
    '/api/v1/claims/attempts',
    {
      schema: {
        ...claim,
        summary: 'Attempts that were made with the server name of your token',
        querystring: ListQuery,
        response: { 200: json('The attempts, newest first', ClaimedAttempts), ...problems },
      },
    },
    async (request): Promise<unknown> => {
      const claimTag = claimTagOfToken(claimTokenOf(request.headers.authorization));
      const { before, limit = ROWS } = request.query;
      const filter = { claimTag, ...(before === undefined ? {} : { before }) };
      const found = await attemptPage(database, { filter, order: 'desc', limit: limit + 1, snapshot: null });
      const rows = found.slice(0, limit);
      const more = found.length > limit;
      return {
        claimTag,
        rows,
        next: more ? withQuery('/api/v1/claims/attempts', { limit, before: seqOf(rows.at(-1)) }) : null,
      };
    },
  );

  app.get(
    '/api/v1/attempts/:id/private',
    {
      schema: {
        ...claim,
        summary: 'Fine times of your attempt',
        params: Params,
        response: { 200: json('Times in microseconds', FineTimes), ...problems },
      },
    },
    async ({ params, headers }): Promise<unknown> => claims.times(params.id, claimTokenOf(headers.authorization)),
  );

  app.delete(
    '/api/v1/attempts/:id/private',
    {
      schema: {
        ...claim,
        summary: 'Erase what is private of your attempt',
        description:
          'Destroys address, salts, texts, fine times, transcript, handshake secrets and credit, in all revisions. The public row and its leaf stay. It cannot be undone.',
        params: Params,
        response: { 204: { description: 'It is gone' }, ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      await claims.erase(request.params.id, claimTokenOf(request.headers.authorization));
      return reply.code(204).send();
    },
  );

  app.put(
    '/api/v1/attempts/:id/credit',
    {
      schema: {
        ...claim,
        summary: 'The name that stands on the page of your attempt',
        params: Params,
        body: Credit,
        response: { 204: { description: 'It is set' }, ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const token = claimTokenOf(request.headers.authorization);
      await claims.credit(request.params.id, token, request.body.name);
      return reply.code(204).send();
    },
  );

  app.delete(
    '/api/v1/attempts/:id/credit',
    {
      schema: {
        ...claim,
        summary: 'Take that name away',
        params: Params,
        response: { 204: { description: 'There is none' }, ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      await claims.uncredit(request.params.id, claimTokenOf(request.headers.authorization));
      return reply.code(204).send();
    },
  );

  app.get(
    '/api/v1/attempts/:id/transcript',
    {
      schema: {
        ...claim,
        summary: 'The transcript of your attempt',
        description: 'JSON lines: what its record commits to, with all that went over the wire.',
        params: Params,
        response: { 200: describe('The transcript', { 'application/jsonl': Type.String() }), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { id } = request.params;
      const { transcript } = await evidenceOf(request.ip, id, claimTokenOf(request.headers.authorization));
      return asFile(reply, `${id}.jsonl`, 'application/jsonl').send(transcript);
    },
  );

  app.get(
    '/api/v1/attempts/:id/pcap',
    {
      schema: {
        ...claim,
        summary: 'A capture of your attempt',
        description: PCAP_DESCRIPTION,
        params: Params,
        response: { 200: describe('The capture', { 'application/x-pcapng': Binary }), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { id } = request.params;
      const kept = await evidenceOf(request.ip, id, claimTokenOf(request.headers.authorization));
      const { transcript, target, ipVersion, secrets, secretsState } = kept;
      const place = { ipVersion, ports: capturePorts(target, config.settings) };
      reply.header(SECRETS_HEADER, secretsState);
      return asFile(reply, `${id}.pcapng`, 'application/x-pcapng').send(
        captureOf(parseTranscript(transcript), place, secrets),
      );
    },
  );
}

function asFile(reply: FastifyReply, name: string, type: string): FastifyReply {
  return reply.type(type).header('content-disposition', `attachment; filename="${name}"`);
}
