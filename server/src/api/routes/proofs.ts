import { hexToBytes } from '@noble/hashes/utils.js';
import Type from 'typebox';
import { PinataError } from '../../errors.ts';
import { ProofRounds } from '../../proofs/round.ts';
import { Hex32, IncludedProofSchema } from '../../proofs/schema.ts';
import type { ApiContext, App } from '../context.ts';
import { Places } from '../places.ts';
import { proverAt } from '../prover.ts';
import { isTarget, MadeProof, readProofs } from '../queries/proofs.ts';
import { withQuery } from '../query-string.ts';
import { json, problems } from '../responses.ts';

const ROWS = 20;
const ROWS_MAX = 500;
const PREFLIGHT_S = 86_400;

const closed = { additionalProperties: false } as const;
const Params = Type.Object({ target: Type.String({ maxLength: 32 }) }, closed);
const Query = Type.Object(
  {
    before: Type.Optional(
      Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'the seq of one' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: ROWS_MAX, default: ROWS })),
  },
  closed,
);
const Proofs = Type.Object(
  { rows: Type.Array(MadeProof), next: Type.Union([Type.String(), Type.Null()]) },
  { ...closed, title: 'Proofs' },
);
const Challenge = Type.Object({ nonce: Hex32 }, { ...closed, title: 'Challenge' });

const DESCRIPTION = `Send 32 bytes that nobody could have known. For two seconds nonces are gathered; they become the leaves of a Merkle tree
(RFC 6962 §2.1), and the guest signs its root with its vault key (BIP-340), bound to target, boot, image and CA. The answer is that
signature and the path from your nonce to the root. It shows that a holder of the key signed after you chose the nonce; not where the
key sits. The image hash in it is the operator's word.`;

/** `POST` and `GET /api/v1/targets/:target/proofs`: proofs of possession, made for whoever asks, and those that were made. */
export function proofRoutes(app: App, { config, database, limits }: ApiContext): void {
  const prove = proverAt(config.layout.sockets.supervisorProofs);
  const places = new Places(limits.proofsPerAddress, limits.proofs);
  const rounds = new Map<string, ProofRounds>();
  const known = async (target: string): Promise<void> => {
    if (!(await isTarget(database, target))) throw new PinataError('TARGET_UNKNOWN', { target });
  };
  const roundsOf = async (target: string): Promise<ProofRounds> => {
    const there = rounds.get(target);
    if (there) return there;
    await known(target);
    const made = rounds.get(target) ?? new ProofRounds(root => prove(target, root), limits.proofIntervalMs);
    rounds.set(target, made);
    return made;
  };

  app.post(
    '/api/v1/targets/:target/proofs',
    {
      schema: {
        tags: ['targets'],
        summary: 'Have a target sign for your nonce',
        description: DESCRIPTION,
        params: Params,
        body: Challenge,
        response: { 200: json('A proof that covers your nonce', IncludedProofSchema), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { target } = request.params;
      const { nonce } = request.body;
      const leave = places.take(request.ip);
      if (!leave) throw new PinataError('PROOFS_BUSY', { target });
      try {
        const { proof, inclusion } = await (await roundsOf(target)).join(hexToBytes(nonce));
        reply.header('cache-control', 'no-store');
        return { nonce, proof, inclusion };
      } finally {
        leave();
      }
    },
  );

  app.get(
    '/api/v1/targets/:target/proofs',
    {
      schema: {
        tags: ['targets'],
        summary: 'Proofs of possession that were made, newest first',
        params: Params,
        querystring: Query,
        response: { 200: json('The proofs', Proofs), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { target } = request.params;
      const { limit = ROWS, ...filter } = request.query;
      const found = await readProofs(database, { target, ...filter, limit: limit + 1 });
      if (found.length === 0) await known(target);
      const rows = found.slice(0, limit);
      const path = `/api/v1/targets/${encodeURIComponent(target)}/proofs`;
      const next = found.length > limit ? withQuery(path, { ...request.query, before: rows.at(-1)?.seq }) : null;
      if (next) reply.header('link', `<${next}>; rel="next"`);
      reply.header('cache-control', 'no-cache');
      return { rows, next };
    },
  );

  // A page elsewhere may ask as well: whoever does not trust this one should check with another.
  app.options('/api/v1/targets/:target/proofs', { schema: { hide: true } }, (_request, reply) =>
    reply
      .header('access-control-allow-methods', 'GET, POST')
      .header('access-control-allow-headers', 'content-type')
      .header('access-control-max-age', PREFLIGHT_S)
      .code(204)
      .send(),
  );
}
