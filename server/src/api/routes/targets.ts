import Type from 'typebox';
import { PinataError } from '../../errors.ts';
import type { ApiContext, App } from '../context.ts';
import { readCredentials, readTargets } from '../queries/targets.ts';
import { json, problems } from '../responses.ts';
import { TargetView, targetView } from '../target-view.ts';

const closed = { additionalProperties: false } as const;
const Params = Type.Object({ target: Type.String({ maxLength: 32 }) }, closed);
const Targets = Type.Object({ rows: Type.Array(TargetView) }, { ...closed, title: 'Targets' });
const Credentials = Type.Object(
  {
    'ca.pem': Type.String(),
    'client.pem': Type.String(),
    'client.key': Type.String(),
    'server.pem': Type.String(),
    'server.key': Type.String(),
  },
  { ...closed, title: 'Credentials' },
);

/** `GET /api/v1/targets` and the credentials of those that publish them. */
export function targetRoutes(app: App, { config, database }: ApiContext): void {
  app.get(
    '/api/v1/targets',
    {
      schema: {
        tags: ['targets'],
        summary: 'All targets with their current boot',
        response: { 200: json('The targets', Targets), ...problems },
      },
    },
    async (_request, reply): Promise<unknown> => {
      reply.header('cache-control', 'no-cache');
      return { rows: (await readTargets(database)).map(row => targetView(row, config)) };
    },
  );

  app.get(
    '/api/v1/targets/:target/credentials',
    {
      schema: {
        tags: ['targets'],
        summary: 'Certificates and keys of a practice target',
        description: 'PEM files by name. Published on purpose: with them everybody can see what a win looks like.',
        params: Params,
        response: { 200: json('The files', Credentials), ...problems },
      },
    },
    async (request, reply): Promise<unknown> => {
      const { target } = request.params;
      const credentials = await readCredentials(database, target);
      if (credentials === undefined) throw new PinataError('TARGET_UNKNOWN', { target });
      if (credentials === null) throw new PinataError('CREDENTIALS_NOT_PUBLISHED', { target });
      reply.header('cache-control', 'no-cache');
      return credentials;
    },
  );
}
