import Type from 'typebox';
import { claimsClient } from '../../claims/client.ts';
import { SourceToken } from '../../claims/messages.ts';
import { ipVersion } from '../../trust/source-token.ts';
import type { ApiContext, App } from '../context.ts';
import { countSource, readSourceRows } from '../queries/claims.ts';
import { json, PublicAttemptSchema, problems } from '../responses.ts';

const ROWS_MAX = 50;
const DAY_US = 86_400_000_000;
const MINUTE_US = 60_000_000;

const closed = { additionalProperties: false } as const;

const Me = Type.Object(
  {
    ...SourceToken.properties,
    ipVersion: Type.Union([Type.Literal(4), Type.Literal(6)]),
    rows: Type.Array(PublicAttemptSchema, { description: 'the newest of today, newest first' }),
    quota: Type.Object(
      {
        connectionsPerMinute: Type.Integer({ description: 'more from one source are refused and summed' }),
        attemptsLastMinute: Type.Integer({ description: 'published so far' }),
        refusedLastMinute: Type.Integer(),
        requestsPerMinute: Type.Integer({ description: 'of this API; RateLimit tells what is left' }),
      },
      closed,
    ),
  },
  { ...closed, title: 'Me' },
);

const DESCRIPTION = `What is public about the address that you ask from, today (UTC): the token that its rows carry, and these rows. An IPv6 address
counts by its /64. An address is no identity: others may have it too, or tomorrow; so it opens nothing. A claim does.`;

/** `GET /api/v1/me`: the rows of whoever asks, by address. Only for pages of this origin: to others the answer would name their visitor. */
export function meRoute(app: App, { config, database, limits }: ApiContext): void {
  const claims = claimsClient(config.layout.sockets.claims);

  app.get(
    '/api/v1/me',
    {
      onRequest: async (_request, reply) => {
        reply.removeHeader('access-control-allow-origin').header('cross-origin-resource-policy', 'same-origin');
      },
      schema: {
        tags: ['claims'],
        summary: 'The attempts of your address today',
        description: DESCRIPTION,
        response: { 200: json('Your address, as the public sees it', Me), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { day, srcToken } = await claims.source(request.ip);
      const fromUs = Date.parse(day) * 1000;
      const minuteUs = Date.now() * 1000 - MINUTE_US;
      const [rows, { attempts, refused }] = await Promise.all([
        readSourceRows(database, srcToken, { fromUs, toUs: fromUs + DAY_US, limit: ROWS_MAX }),
        countSource(database, srcToken, minuteUs),
      ]);
      reply.header('cache-control', 'no-store');
      return {
        day,
        srcToken,
        ipVersion: ipVersion(request.ip),
        rows,
        quota: {
          connectionsPerMinute: config.settings.PINATA_RATE_PER_ADDRESS,
          attemptsLastMinute: attempts,
          refusedLastMinute: refused,
          requestsPerMinute: limits.requestsPerMinute,
        },
      };
    },
  );
}
