import Type from 'typebox';
import { PinataError } from '../../errors.ts';
import { Flow } from '../../flow/flow.ts';
import type { ApiContext, App } from '../context.ts';
import { etagOf, isKnown } from '../etag.ts';
import { findFlow } from '../queries/flow.ts';
import { json, problems } from '../responses.ts';

const closed = { additionalProperties: false } as const;
const Params = Type.Object({ id: Type.String({ format: 'uuid' }) }, closed);

const DESCRIPTION = `Every message in its order: who sent it, how long it was, under which keys, and what it held as far as that can be
known: it was readable, the target told it, or it follows from the outcome. \`stop\` is where it ended before its time, and why.

Times are whole seconds, rounded up or down by chance: finer ones would make of this log an instrument for timing attacks. Exact ones are
in the evidence, which a claim opens.`;

/** `GET /api/v1/attempts/:id/flow`: what was said on the connection. */
export function flowRoute(app: App, { database }: ApiContext): void {
  app.get(
    '/api/v1/attempts/:id/flow',
    {
      schema: {
        tags: ['attempts'],
        summary: 'What was said: the messages of one attempt',
        description: DESCRIPTION,
        params: Params,
        response: { 200: json('The messages', Flow), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { id } = request.params;
      const found = await findFlow(database, id, Date.now() * 1000);
      if (!found) throw new PinataError('ATTEMPT_UNKNOWN', { id });
      reply.header('cache-control', 'no-cache');
      const tag = etagOf(`flow ${id} ${found.change} ${found.withheld}`);
      if (isKnown(request, reply, tag)) return reply.code(304).send();
      return found.make();
    },
  );
}
