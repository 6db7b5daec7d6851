import Type from 'typebox';
import { PinataError } from '../../errors.ts';
import { publicAttempt, type Queryable, type StoredAttempt } from '../../export/attempt-pages.ts';
import type { ApiContext, App } from '../context.ts';
import { etagOf, isKnown } from '../etag.ts';
import { json, PublicAttemptSchema, problems } from '../responses.ts';

const closed = { additionalProperties: false } as const;
const Params = Type.Object({ id: Type.String({ format: 'uuid' }) }, closed);
const Query = Type.Object(
  { revision: Type.Optional(Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1, description: 'left out: the newest' })) },
  closed,
);

const Leaf = Type.Object(
  {
    leafHash: Type.String(),
    leaf: Type.Unknown({ description: 'leafHash is the SHA-256 of its RFC 8785 form' }),
  },
  { ...closed, title: 'Leaf' },
);

interface StoredLeaf extends StoredAttempt {
  leaf: unknown;
}

/** `GET /api/v1/attempts/:id`, and what its leaf hash is the hash of. */
export function attemptRoutes(app: App, { database }: ApiContext): void {
  app.get(
    '/api/v1/attempts/:id',
    {
      schema: {
        tags: ['attempts'],
        summary: 'One attempt',
        params: Params,
        querystring: Query,
        response: { 200: json('The attempt', PublicAttemptSchema), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const stored = await find(database, request.params.id, request.query.revision);
      reply.header('cache-control', 'no-cache');
      reply.header('link', `</api/v1/attempts/${stored.id}/leaf?revision=${stored.revision}>; rel="related"`);
      const attempt = publicAttempt(stored);
      // An erasure changes the revisions that there are already, too.
      const tag = etagOf(`${stored.id} ${stored.change} ${attempt.erased}`);
      if (isKnown(request, reply, tag)) return reply.code(304).send();
      return attempt;
    },
  );

  app.get(
    '/api/v1/attempts/:id/leaf',
    {
      schema: {
        tags: ['attempts'],
        summary: 'The entry of an attempt in the log',
        description: 'The public fields that were fixed at publication, and commitments to the private ones.',
        params: Params,
        querystring: Query,
        response: { 200: json('The leaf', Leaf), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { leaf, leaf_hash: leafHash } = await find(database, request.params.id, request.query.revision);
      reply.header('cache-control', 'no-cache');
      return { leafHash, leaf };
    },
  );
}

async function find(
  database: Queryable,
  id: string,
  revision: number | undefined,
): Promise<StoredLeaf & { id: string }> {
  const [row] = await database.query<StoredLeaf>(
    `select seq, revision, change, leaf_hash, leaf, record from attempt
     where id = $1 and case when $2::int is null then superseded_change is null else revision = $2 end`,
    [id, revision ?? null],
  );
  if (!row) throw new PinataError('ATTEMPT_UNKNOWN', { id });
  return { ...row, id };
}
